// SPDX-License-Identifier: GPL-2.0
/*
 * ID PROM of an IndustryPack module (ANSI/VITA 4): the pure part, without bus or device.
 *
 * Format I puts one logical byte on the odd byte of each word: "IPAC", or "IPAH" on modules that
 * also run at 32 MHz. Format II fills whole words: "VITA4 ". Some carriers show the two bytes of a
 * word exchanged; a Format II PROM seen like that starts with "IVAT 4" and is turned round before
 * anything else looks at it.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "idprom.h"

/* Indices of the logical bytes */
#define F1_SPEED	3
#define F1_VENDOR	4
#define F1_DEVICE	5
#define F1_RESERVED	7
#define F1_LENGTH	10
#define F1_CRC		11

#define F2_VENDOR_HIGH	0x06
#define F2_VENDOR_LOW	0x08
#define F2_DEVICE	0x0a
#define F2_FLAGS	0x14
#define   F2_FLAG_8MHZ		BIT(1)
#define   F2_FLAG_32MHZ		BIT(2)
#define F2_LENGTH	0x16
#define F2_CRC		0x18

/**
 * idprom_crc - CRC-16/GENIBUS with a hole
 * @bytes: what to sum up
 * @length: number of @bytes
 * @hole: index of the stored checksum, whose bytes count as zero; negative for none
 * @hole_length: its length
 *
 * Polynomial 0x1021, preset to ones, most significant bit first, complemented.
 */
u16 idprom_crc(const u8 *bytes, unsigned int length, int hole, unsigned int hole_length)
{
	u16 crc = 0xffff;

	for (int i = 0; i < length; i++) {
		bool in_hole = hole >= 0 && i >= hole && i < hole + hole_length;

		crc ^= (in_hole ? 0 : bytes[i]) << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
	}
	return ~crc;
}

static u16 word(const u8 *bytes, unsigned int index)
{
	return bytes[index] << 8 | bytes[index + 1];
}

static void parse_format_1(const u8 *window, struct idprom *prom)
{
	u8 used = window[2 * F1_LENGTH + 1];

	prom->format = 1;
	/* Impossible lengths mean the shortest PROM; the IP-Octal manual's own, 11, is one. */
	prom->length = IDPROM_FORMAT_1_MIN;
	if (used >= IDPROM_FORMAT_1_MIN && used <= IDPROM_FORMAT_1_MAX)
		prom->length = used;
	for (int i = 0; i < prom->length; i++)
		prom->bytes[i] = window[2 * i + 1];

	prom->vendor = prom->bytes[F1_VENDOR];
	prom->device = prom->bytes[F1_DEVICE];
	prom->mhz8 = true;
	prom->mhz32 = prom->bytes[F1_SPEED] == 'H' || prom->bytes[F1_RESERVED] == 'H';

	prom->crc_stored = prom->bytes[F1_CRC];
	prom->crc_computed = idprom_crc(prom->bytes, prom->length, F1_CRC, 1) & 0xff;
	/* Who counts 11 bytes may have summed up only those. */
	if (used == F1_CRC && (idprom_crc(prom->bytes, used, F1_CRC, 1) & 0xff) == prom->crc_stored)
		prom->crc_computed = prom->crc_stored;
	prom->crc = prom->crc_stored == prom->crc_computed ? IDPROM_CRC_RIGHT : IDPROM_CRC_WRONG;
}

static void parse_format_2(struct idprom *prom)
{
	const u8 *bytes = prom->bytes;
	u16 used = word(bytes, F2_LENGTH);

	prom->format = 2;
	prom->length = IDPROM_FORMAT_2_MIN;
	if (used >= IDPROM_FORMAT_2_MIN && used <= IDPROM_FORMAT_2_MAX)
		prom->length = used;
	prom->vendor = bytes[F2_VENDOR_HIGH + 1] << 16 | word(bytes, F2_VENDOR_LOW);
	prom->device = word(bytes, F2_DEVICE);
	prom->mhz8 = bytes[F2_FLAGS + 1] & F2_FLAG_8MHZ;
	prom->mhz32 = bytes[F2_FLAGS + 1] & F2_FLAG_32MHZ;

	prom->crc_stored = word(bytes, F2_CRC);
	prom->crc_computed = idprom_crc(bytes, prom->length, F2_CRC, 2);
	if (prom->crc_stored == prom->crc_computed)
		prom->crc = IDPROM_CRC_RIGHT;
	else
		prom->crc = prom->crc_stored ? IDPROM_CRC_WRONG : IDPROM_CRC_ABSENT;
}

/**
 * idprom_parse - make sense of the bytes of ID space
 * @window: ID space as the processor sees it, byte by byte
 * @size: bytes of @window, of which IDPROM_WINDOW are looked at
 * @prom: result
 *
 * Return: 0, or -ENODEV when neither format's letters are there, or @window is short.
 */
int idprom_parse(const u8 *window, size_t size, struct idprom *prom)
{
	static const char swapped[] = "IVAT 4";
	static const char natural[] = "VITA4 ";

	memset(prom, 0, sizeof(*prom));
	if (size < IDPROM_WINDOW)
		return -ENODEV;

	if (window[1] == 'I' && window[3] == 'P' && window[5] == 'A' &&
	    (window[7] == 'C' || window[7] == 'H')) {
		parse_format_1(window, prom);
		return 0;
	}

	if (!memcmp(window, natural, strlen(natural))) {
		memcpy(prom->bytes, window, IDPROM_WINDOW);
	} else if (!memcmp(window, swapped, strlen(swapped))) {
		for (int i = 0; i < IDPROM_WINDOW; i++)
			prom->bytes[i] = window[i ^ 1];
	} else {
		return -ENODEV;
	}
	parse_format_2(prom);
	return 0;
}
