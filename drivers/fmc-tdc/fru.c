// SPDX-License-Identifier: GPL-2.0
/*
 * The identity of a mezzanine: the board area of an IPMI FRU (Platform Management FRU Information
 * Storage Definition, sections 8 and 11).
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "pure.h"

#define FRU_FORMAT		1
#define FRU_HEADER_SIZE		8
#define FRU_HEADER_BOARD	3	/* where the board area begins, in units of 8 bytes */
#define FRU_BOARD_LENGTH	1	/* of the area, in units of 8 bytes */
#define FRU_BOARD_FIELDS	6	/* first field: type and length, then text */
#define  FRU_FIELD_LENGTH	0x3f
#define  FRU_FIELD_END		0xc1

enum fru_field { FRU_MANUFACTURER, FRU_PRODUCT, FRU_SERIAL, FRU_PART, FRU_FILE_ID, FRU_FIELDS };

static bool sums_to_zero(const u8 *data, size_t size)
{
	u8 sum = 0;

	while (size--)
		sum += *data++;
	return !sum;
}

static void copy_text(char *to, const u8 *field)
{
	size_t length = *field & FRU_FIELD_LENGTH;

	memcpy(to, field + 1, length);
	to[length] = '\0';
}

static unsigned int leading_year(const u8 *field)
{
	unsigned int year = 0, i;

	if ((*field & FRU_FIELD_LENGTH) < 4)
		return 0;
	for (i = 1; i <= 4; i++) {
		if (!isdigit(field[i]))
			return 0;
		year = year * 10 + field[i] - '0';
	}
	return year;
}

/**
 * tdc_fru_decode() - read the board area
 * @data: the EEPROM from its beginning
 * @size: bytes of @data
 * @fru: set on success only
 *
 * Return: 0, -ENODATA if there is no FRU (a blank EEPROM), -EBADMSG if it is damaged
 */
int tdc_fru_decode(const u8 *data, size_t size, struct tdc_fru *fru)
{
	const u8 *field[FRU_FIELDS] = {};
	size_t start, end, at;
	unsigned int i;

	if (size < FRU_HEADER_SIZE || data[0] != FRU_FORMAT || !data[FRU_HEADER_BOARD])
		return -ENODATA;
	if (!sums_to_zero(data, FRU_HEADER_SIZE))
		return -EBADMSG;

	start = data[FRU_HEADER_BOARD] * 8;
	if (start + FRU_BOARD_FIELDS >= size)
		return -EBADMSG;
	end = start + data[start + FRU_BOARD_LENGTH] * 8;
	if (end <= start + FRU_BOARD_FIELDS || end > size ||
	    !sums_to_zero(data + start, end - start))
		return -EBADMSG;

	for (i = 0, at = start + FRU_BOARD_FIELDS; i < FRU_FIELDS; i++) {
		size_t next;

		if (at >= end || data[at] == FRU_FIELD_END)
			break;
		next = at + 1 + (data[at] & FRU_FIELD_LENGTH);
		if (next > end)
			return -EBADMSG;
		field[i] = data + at;
		at = next;
	}
	if (!field[FRU_PRODUCT])
		return -EBADMSG;

	memset(fru, 0, sizeof(*fru));
	copy_text(fru->product, field[FRU_PRODUCT]);
	if (field[FRU_SERIAL])
		copy_text(fru->serial, field[FRU_SERIAL]);
	if (field[FRU_FILE_ID])
		fru->year = leading_year(field[FRU_FILE_ID]);
	return 0;
}
