// SPDX-License-Identifier: GPL-2.0
/* ID PROMs of IndustryPack modules: ANSI/VITA 4, Formats I and II. Pure. */

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/swab.h>

#include "idprom.h"
#include "ip_module.h"

#define FORMAT1_LENGTH	12
#define FORMAT1_CRC	11
#define FORMAT2_LENGTH	26
#define FORMAT2_CRC	24
#define FORMAT2_8MHZ	0x02
#define FORMAT2_32MHZ	0x04
#define FORMAT2_FLAGS	0x15	/* low byte of the flags */

/* CRC-16/GENIBUS, spec of the standard: most significant bit first, from ones, complemented */
u16 ip_id_crc(const u8 *bytes, unsigned int length)
{
	u16 crc = 0xffff;

	while (length--) {
		crc ^= *bytes++ << 8;
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0);
	}
	return ~crc;
}

static void make_format1(struct ip_idprom *prom, char clock, const struct ip_id *id)
{
	const u8 bytes[] = {
		'I', 'P', 'A', clock, id->manufacturer, id->model, id->revision, 0, 0, 0,
		FORMAT1_LENGTH, 0
	};

	prom->length = FORMAT1_LENGTH;
	memcpy(prom->bytes, bytes, sizeof(bytes));
	prom->bytes[FORMAT1_CRC] = ip_id_crc(bytes, FORMAT1_LENGTH);
}

static void make_format2(struct ip_idprom *prom, const struct ip_id *id)
{
	const u8 bytes[FORMAT2_LENGTH] = {
		'V', 'I', 'T', 'A', '4', ' ',
		0, id->manufacturer2 >> 16, id->manufacturer2 >> 8 & 0xff, id->manufacturer2 & 0xff,
		0, id->model, 0, id->revision, 0, 0, 0, 0, 0, 0,
		0, FORMAT2_8MHZ | FORMAT2_32MHZ, 0, FORMAT2_LENGTH, 0, 0
	};
	u16 crc = ip_id_crc(bytes, FORMAT2_LENGTH);

	prom->wide = true;
	prom->length = FORMAT2_LENGTH;
	memcpy(prom->bytes, bytes, sizeof(bytes));
	prom->bytes[FORMAT2_CRC] = crc >> 8;
	prom->bytes[FORMAT2_CRC + 1] = crc;
}

/* The PROM of a module, in the format that it has or in another */
void ip_idprom_make(struct ip_idprom *prom, enum ip_id_format format, const struct ip_id *id)
{
	memset(prom, 0, sizeof(*prom));
	switch (format) {
	case IP_ID_FORMAT1:
		make_format1(prom, 'C', id);
		break;
	case IP_ID_FORMAT1_32MHZ:
		make_format1(prom, 'H', id);
		break;
	case IP_ID_FORMAT2:
		make_format2(prom, id);
		break;
	case IP_ID_FORMAT2_SWAPPED:
		make_format2(prom, id);
		for (unsigned int i = 0; i < prom->length; i += 2)
			swap(prom->bytes[i], prom->bytes[i + 1]);
		break;
	}
}

/* The word at index @word of ID space, high lane up */
u16 ip_idprom_word(const struct ip_idprom *prom, unsigned int word)
{
	if (!prom->wide)
		return IP_UNDRIVEN << 8 | (word < IP_IDPROM_MAX ? prom->bytes[word] : 0);
	if (2 * word + 1 >= IP_IDPROM_MAX)
		return 0;
	return prom->bytes[2 * word] << 8 | prom->bytes[2 * word + 1];
}

/* Does the module stand a clock of 32 MHz? */
bool ip_idprom_32mhz(const struct ip_idprom *prom)
{
	if (!prom->wide)
		return prom->bytes[3] == 'H';
	return (prom->bytes[FORMAT2_FLAGS] | prom->bytes[FORMAT2_FLAGS ^ 1]) & FORMAT2_32MHZ;
}
