// SPDX-License-Identifier: GPL-2.0
/*
 * The OpenCores I2C master of the SPEC's base design, a byte at a time, with the mezzanine's EEPROM
 * as its only slave.
 */

#include "spec.h"

#define CLOCK_NS	16
#define SLOTS_PER_BIT	5	/* the core's clocks of prescale + 1 for a bit */
#define BITS_OF_BYTE	9

static void update_irq(struct spec *spec)
{
	struct ocores *i2c = &spec->i2c;

	vic_set_line(spec, SPEC_LINE_I2C, i2c->irq && i2c->control & OCI2C_CONTROL_IEN);
}

static void send(struct spec *spec)
{
	struct ocores *i2c = &spec->i2c;
	bool address = i2c->address_next;

	i2c->address_next = false;
	i2c->nack = !spec_fitted(spec) || spec_fault(spec, FAULT_EEPROM_NACK) ||
		    !eeprom_write(&spec->eeprom, i2c->transmit, address, vhw_now());
}

/* The command's bits have passed over the wires */
static void command_done(struct vhw_timer *timer, u64 when)
{
	struct spec *spec = container_of(timer, struct spec, i2c.done);
	struct ocores *i2c = &spec->i2c;

	if (i2c->command & OCI2C_CMD_STA) {
		i2c->busy = true;
		i2c->address_next = true;
		eeprom_start(&spec->eeprom);
	}
	if (i2c->command & OCI2C_CMD_WR)
		send(spec);
	if (i2c->command & OCI2C_CMD_RD)
		i2c->receive = spec_fitted(spec) ? eeprom_read(&spec->eeprom) : 0xff;
	if (i2c->command & OCI2C_CMD_STO) {
		i2c->busy = false;
		eeprom_stop(&spec->eeprom, when);
	}
	i2c->command = 0;
	i2c->irq = true;
	update_irq(spec);
}

static void command(struct spec *spec, u8 value)
{
	const u8 on_wires = OCI2C_CMD_STA | OCI2C_CMD_STO | OCI2C_CMD_RD | OCI2C_CMD_WR;
	struct ocores *i2c = &spec->i2c;
	unsigned int bits = 0;

	if (value & OCI2C_CMD_IACK)
		i2c->irq = false;
	update_irq(spec);
	if (!(value & on_wires) || !(i2c->control & OCI2C_CONTROL_EN))
		return;
	if (i2c->command) {
		vhw_violation(spec->board, "I2C: 0x%02x written while 0x%02x is in progress", value,
			      i2c->command);
		return;
	}
	i2c->command = value;
	if (spec_fault(spec, FAULT_I2C_STUCK)) {
		i2c->busy = true;
		return;	/* someone holds the clock low: the transfer never ends */
	}
	if (value & (OCI2C_CMD_RD | OCI2C_CMD_WR))
		bits += BITS_OF_BYTE;
	if (value & OCI2C_CMD_STA)
		bits++;
	if (value & OCI2C_CMD_STO)
		bits++;
	vhw_timer_start(&i2c->done, vhw_now() + (u64)bits * SLOTS_PER_BIT * (i2c->prescale + 1) *
					       CLOCK_NS);
}

static u8 status(const struct ocores *i2c)
{
	return (i2c->nack ? OCI2C_STATUS_NACK : 0) | (i2c->busy ? OCI2C_STATUS_BUSY : 0) |
	       (i2c->command ? OCI2C_STATUS_TIP : 0) | (i2c->irq ? OCI2C_STATUS_IF : 0);
}

u32 ocores_read(struct spec *spec, u32 offset)
{
	struct ocores *i2c = &spec->i2c;

	switch (offset) {
	case OCI2C_PRELOW:
		return i2c->prescale & 0xff;
	case OCI2C_PREHIGH:
		return i2c->prescale >> 8;
	case OCI2C_CONTROL:
		return i2c->control;
	case OCI2C_DATA:
		return i2c->receive;
	case OCI2C_STATUS:
		return status(i2c);
	default:
		return 0;
	}
}

void ocores_write(struct spec *spec, u32 offset, u32 value)
{
	struct ocores *i2c = &spec->i2c;

	switch (offset) {
	case OCI2C_PRELOW:
		i2c->prescale = (i2c->prescale & 0xff00) | (value & 0xff);
		break;
	case OCI2C_PREHIGH:
		i2c->prescale = (i2c->prescale & 0xff) | (value & 0xff) << 8;
		break;
	case OCI2C_CONTROL:
		i2c->control = value & (OCI2C_CONTROL_EN | OCI2C_CONTROL_IEN);
		if (!(value & OCI2C_CONTROL_EN)) {
			vhw_timer_stop(&i2c->done);
			i2c->command = 0;
		}
		update_irq(spec);
		break;
	case OCI2C_DATA:
		i2c->transmit = value;
		break;
	case OCI2C_CMD:
		command(spec, value);
		break;
	}
}

void ocores_reset(struct spec *spec)
{
	struct ocores *i2c = &spec->i2c;

	vhw_timer_stop(&i2c->done);
	i2c->prescale = U16_MAX;
	i2c->control = 0;
	i2c->transmit = 0;
	i2c->receive = 0;
	i2c->command = 0;
	i2c->busy = false;
	i2c->nack = false;
	i2c->irq = false;
	i2c->address_next = false;
	update_irq(spec);
}

void ocores_init(struct spec *spec)
{
	vhw_timer_init(&spec->i2c.done, spec->board, command_done);
}
