// SPDX-License-Identifier: GPL-2.0
/* A 24c64 as it appears on I2C: two bytes of address, pages of 32 bytes, deaf while it writes. */

#include "spec.h"

#define WRITE_CYCLE_NS	(5 * NSEC_PER_MSEC)

void eeprom_start(struct eeprom *eeprom)
{
	eeprom->selected = false;
	eeprom->page_dirty = 0;
}

static bool write_data(struct eeprom *eeprom, u8 byte)
{
	unsigned int at = eeprom->pointer % sizeof(eeprom->page);

	eeprom->page[at] = byte;
	eeprom->page_dirty |= BIT(at);
	eeprom->pointer = round_down(eeprom->pointer, sizeof(eeprom->page)) +
			  (at + 1) % sizeof(eeprom->page);
	return true;
}

/**
 * eeprom_write() - the master sends a byte
 * @eeprom: the chip
 * @byte: what it sends
 * @is_address: the first byte after a start condition
 * @now: the world's time
 *
 * Return: true if the chip acknowledges.
 */
bool eeprom_write(struct eeprom *eeprom, u8 byte, bool is_address, u64 now)
{
	if (is_address) {
		eeprom->selected = byte >> 1 == SPEC_FMC_EEPROM_ADDRESS &&
				   now >= eeprom->busy_until;
		eeprom->reading = byte & 1;
		eeprom->address_bytes = 0;
		return eeprom->selected;
	}
	if (!eeprom->selected || eeprom->reading)
		return false;
	if (eeprom->address_bytes < 2) {
		eeprom->pointer = (eeprom->pointer << 8 | byte) % FMC_EEPROM_SIZE;
		eeprom->address_bytes++;
		return true;
	}
	return write_data(eeprom, byte);
}

/* The master reads a byte; a chip that is not addressed leaves the line high */
u8 eeprom_read(struct eeprom *eeprom)
{
	u8 byte;

	if (!eeprom->selected || !eeprom->reading)
		return 0xff;
	byte = eeprom->image[eeprom->pointer];
	eeprom->pointer = (eeprom->pointer + 1) % FMC_EEPROM_SIZE;
	return byte;
}

/* A stop condition: what was written to the page is programmed now */
void eeprom_stop(struct eeprom *eeprom, u64 now)
{
	u8 *page = eeprom->image + round_down(eeprom->pointer, sizeof(eeprom->page));
	unsigned int at;

	eeprom->selected = false;
	if (!eeprom->page_dirty)
		return;
	for (at = 0; at < sizeof(eeprom->page); at++)
		if (eeprom->page_dirty & BIT(at))
			page[at] = eeprom->page[at];
	eeprom->page_dirty = 0;
	eeprom->busy_until = now + WRITE_CYCLE_NS;
}
