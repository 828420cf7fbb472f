// SPDX-License-Identifier: GPL-2.0
/*
 * What the EEPROM of a virtual FMC TDC can hold: an IPMI FRU, a calibration record, and what is
 * wrong with them.
 */

#include <linux/minmax.h>
#include <linux/string.h>

#include "tdc.h"

#define BOARD_AREA		8	/* offset, behind the common header */
#define BOARD_AREA_SIZE		80
#define FRU_VERSION		1
#define FRU_TEXT		0xc0	/* type of a text, with its length */
#define FRU_END			0xc1

struct fru {
	const char *product;
	const char *file_id;
};

static void set_checksum(u8 *bytes, size_t length)
{
	u8 sum = 0;
	size_t i;

	for (i = 0; i < length - 1; i++)
		sum += bytes[i];
	bytes[length - 1] = -sum;
}

static u8 *put_text(u8 *at, const char *text)
{
	size_t length = strlen(text);

	*at++ = FRU_TEXT | length;
	memcpy(at, text, length);
	return at + length;
}

static void put_fru(u8 *image, const struct fru *fru)
{
	u8 *board = image + BOARD_AREA;
	u8 *at = board;

	memset(image, 0, BOARD_AREA + BOARD_AREA_SIZE);
	image[0] = FRU_VERSION;
	image[3] = BOARD_AREA / 8;
	set_checksum(image, 8);
	*at++ = FRU_VERSION;
	*at++ = BOARD_AREA_SIZE / 8;
	at += 4;	/* language and date: 0 */
	at = put_text(at, "CERN");
	at = put_text(at, fru->product);
	at = put_text(at, "vhw-0001");
	at = put_text(at, "EDA-02290");
	at = put_text(at, fru->file_id);
	*at = FRU_END;
	set_checksum(board, BOARD_AREA_SIZE);
}

static void put_calibration(u8 *image)
{
	/* of a real board: 0.01 ps, DAC word times 100, degrees */
	const struct tdc_calibration_record record = {
		.zero_offset = { cpu_to_le32(8600), cpu_to_le32(48100), cpu_to_le32(44900),
				 cpu_to_le32(32900) },
		.vcxo_dac = cpu_to_le32(4517500),
		.temperature = cpu_to_le32(36),
		.wr_offset = cpu_to_le32(29130500),
	};

	memcpy(image + TDC_EEPROM_CALIBRATION, &record, sizeof(record));
}

static void fill(u8 *image, const char *product, const char *file_id)
{
	const struct fru fru = { .product = product, .file_id = file_id };

	memset(image, 0xff, FMC_EEPROM_SIZE);
	put_fru(image, &fru);
	put_calibration(image);
}

static void fill_good(u8 *image)
{
	fill(image, TDC_EEPROM_PRODUCT, "2019-05-17 08:00:00");
}

static void fill_before_2018(u8 *image)
{
	fill(image, TDC_EEPROM_PRODUCT, "2014-05-17 08:00:00");
}

static void fill_blank(u8 *image)
{
	memset(image, 0xff, FMC_EEPROM_SIZE);
}

static void fill_no_calibration(u8 *image)
{
	fill_good(image);
	memset(image + TDC_EEPROM_CALIBRATION, 0xff, sizeof(struct tdc_calibration_record));
}

static void fill_zero_calibration(u8 *image)
{
	fill_good(image);
	memset(image + TDC_EEPROM_CALIBRATION, 0, sizeof(struct tdc_calibration_record));
}

/* Channel 3 is said to be 200 ns late */
static void fill_implausible(u8 *image)
{
	const __le32 offset = cpu_to_le32(20000000);

	fill_good(image);
	memcpy(image + TDC_EEPROM_CALIBRATION +
	       offsetof(struct tdc_calibration_record, zero_offset[1]), &offset, sizeof(offset));
}

static void fill_bad_checksum(u8 *image)
{
	fill_good(image);
	image[BOARD_AREA + BOARD_AREA_SIZE - 1]++;
}

static void fill_other_product(u8 *image)
{
	fill(image, "FmcDel1ns4cha", "2019-05-17 08:00:00");
}

const struct fmc_eeprom_content tdc_eeprom_contents[] = {
	{ "good", fill_good },
	{ "before-2018", fill_before_2018 },
	{ "blank", fill_blank },
	{ "no-calibration", fill_no_calibration },
	{ "zero-calibration", fill_zero_calibration },
	{ "implausible", fill_implausible },
	{ "bad-checksum", fill_bad_checksum },
	{ "other-product", fill_other_product },
	{ }
};
