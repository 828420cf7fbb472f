/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ID PROM of an IndustryPack module (ANSI/VITA 4): the pure part, without bus or device.
 */
#ifndef IDPROM_H
#define IDPROM_H

#include <linux/types.h>

/* Bytes of ID space; beyond may lie INT space, where a read acknowledges an interrupt */
#define IDPROM_WINDOW		64

#define IDPROM_FORMAT_1_MIN	0x0c
#define IDPROM_FORMAT_1_MAX	0x20
#define IDPROM_FORMAT_2_MIN	0x1a
#define IDPROM_FORMAT_2_MAX	0x40

enum idprom_crc {
	IDPROM_CRC_WRONG,
	IDPROM_CRC_RIGHT,
	IDPROM_CRC_ABSENT,	/* Format II stores zero where it supplies none */
};

/**
 * struct idprom - what an ID PROM says
 * @format: 1 or 2
 * @length: logical bytes in @bytes
 * @bytes: logical bytes in natural order: Format I without the unused even bytes
 * @vendor: 8 bits in Format I, 24 in Format II
 * @device: 8 or 16 bits
 * @mhz8: runs at 8 MHz
 * @mhz32: runs at 32 MHz
 * @crc: whether the checksum holds
 * @crc_stored: the checksum the PROM holds
 * @crc_computed: the checksum it ought to hold
 */
struct idprom {
	u8 format;
	u8 length;
	u8 bytes[IDPROM_WINDOW];
	u32 vendor;
	u32 device;
	bool mhz8;
	bool mhz32;
	enum idprom_crc crc;
	u16 crc_stored;
	u16 crc_computed;
};

u16 idprom_crc(const u8 *bytes, unsigned int length, int hole, unsigned int hole_length);
int idprom_parse(const u8 *window, size_t size, struct idprom *prom);

#endif
