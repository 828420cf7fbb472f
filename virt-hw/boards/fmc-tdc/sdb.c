// SPDX-License-Identifier: GPL-2.0
/*
 * The self-description (SDB) of the FMC TDC's window: an interconnect record and one for each block
 * (section 1.13).
 */

#include <linux/kernel.h>
#include <linux/string.h>

#include "tdc.h"

#define MAGIC			0x5344422d	/* "SDB-" */
#define VENDOR_GSI		0x651
#define VENDOR_CERN		0xce42
#define CROSSBAR		0xe6a542c9
#define RECORD_WORDS		16
#define TYPE_INTERCONNECT	0x00
#define TYPE_DEVICE		0x01
#define DATE			0x20221201

struct sdb_device {
	u32 first;
	u32 last;
	u32 device;
	const char *name;
};

static const struct sdb_device devices[] = {
	{ TDC_ONEWIRE, 0x100f, 0x6602, "TDC-Onewire-Regs" },
	{ TDC_CORE, 0x20ff, 0x604, "WB-TDC-Core-Config" },
	{ TDC_EIC, 0x300f, 0x605, "WB-FMC-TDC.EIC" },
	{ TDC_I2C, 0x401f, 0x606, "WB-I2C.Control" },
	{ TDC_CHANNEL(0), 0x50ff, 0x622, "WB-TDC-TsFIFO" },
	{ TDC_CHANNEL(1), 0x51ff, 0x622, "WB-TDC-TsFIFO" },
	{ TDC_CHANNEL(2), 0x52ff, 0x622, "WB-TDC-TsFIFO" },
	{ TDC_CHANNEL(3), 0x53ff, 0x622, "WB-TDC-TsFIFO" },
	{ TDC_CHANNEL(4), 0x54ff, 0x622, "WB-TDC-TsFIFO" },
	{ TDC_BUFFER(0), 0x613f, 0x623, "WB-TDC-TsDMAEngine" },
};

static const struct sdb_device crossbar = {
	TDC_SDB, TDC_WINDOW_SIZE - 1, CROSSBAR, "WB4-Crossbar-GSI"
};

/* Four characters of a name of 19 padded with blanks, and the type behind it */
static u32 name_word(const char *name, unsigned int word, u8 type)
{
	size_t length = strlen(name);
	unsigned int i, at;
	u32 value = 0;

	for (i = 0; i < 4; i++) {
		at = word * 4 + i;
		value <<= 8;
		if (at == 19)
			value |= type;
		else
			value |= at < length ? name[at] : ' ';
	}
	return value;
}

static u32 record_word(const struct sdb_device *device, unsigned int word, u64 vendor, u8 type)
{
	switch (word) {
	case 3:
		return device->first;
	case 5:
		return device->last;
	case 6:
		return upper_32_bits(vendor);
	case 7:
		return lower_32_bits(vendor);
	case 8:
		return device->device;
	case 9:
		return 1;	/* version */
	case 10:
		return DATE;
	case 11 ... 15:
		return name_word(device->name, word - 11, type);
	default:
		return 0;
	}
}

/**
 * tdc_sdb_read() - a word of the description
 * @offset: from its start
 *
 * Return: the word as a CPU reads it; 0 beyond the last record.
 */
u32 tdc_sdb_read(u32 offset)
{
	unsigned int record = offset / 4 / RECORD_WORDS;
	unsigned int word = offset / 4 % RECORD_WORDS;

	if (record > ARRAY_SIZE(devices))
		return 0;
	if (record)
		return word == 1 ? 7 : record_word(&devices[record - 1], word, VENDOR_CERN,
						   TYPE_DEVICE);
	if (word == 0)
		return MAGIC;
	if (word == 1)
		return (ARRAY_SIZE(devices) + 1) << 16 | 1 << 8;
	return record_word(&crossbar, word, VENDOR_GSI, TYPE_INTERCONNECT);
}
