// SPDX-License-Identifier: GPL-2.0
/*
 * TEWS TPCI200 carrier: the board's registers.
 */
#include <linux/delay.h>
#include <linux/io.h>

#include "tpci200.h"

#define RESET_HOLD_US		1000
#define RESET_RECOVERY_MS	10

/* Bits of STATUS that a write of 1 clears */
#define STATUS_CLEAR		(TPCI200_STATUS_INT_MASK | TPCI200_STATUS_TIMEOUT_MASK)

/* Local address spaces in which IndustryPack byte addresses must hold */
static const u8 big_endian_spaces[] = { PCI9030_LAS1BRD, PCI9030_LAS2BRD };

/**
 * tpci200_gone - is the board unplugged?
 * @carrier: the board
 * @value: of an interface register
 *
 * All ones may be a value of STATUS, but never of CONTROL, whose upper half is zero.
 */
bool tpci200_gone(struct tpci200 *carrier, u16 value)
{
	if (READ_ONCE(carrier->dead))
		return true;
	if (value != 0xffff || ioread16(carrier->regs + TPCI200_CONTROL(0)) != 0xffff)
		return false;

	if (!xchg(&carrier->dead, true))
		dev_err(&carrier->pdev->dev, "the board does not answer any more\n");
	return true;
}

/**
 * tpci200_status - read STATUS
 * @carrier: the board
 *
 * Return: the register, or -ENODEV when the board is gone.
 */
int tpci200_status(struct tpci200 *carrier)
{
	u16 status = ioread16(carrier->regs + TPCI200_STATUS);

	return tpci200_gone(carrier, status) ? -ENODEV : status;
}

/**
 * tpci200_control - change a slot's CONTROL register
 * @slot: the slot
 * @clear: bits to clear
 * @set: bits to set, after that
 */
void tpci200_control(struct tpci200_slot *slot, u16 clear, u16 set)
{
	struct tpci200 *carrier = slot->carrier;

	guard(raw_spinlock_irqsave)(&carrier->lock);
	slot->control = (slot->control & ~clear) | set;
	iowrite16(slot->control, carrier->regs + TPCI200_CONTROL(slot->index));
	/* Whoever masks an interrupt relies on it: push the write through the bridge. */
	if (clear)
		ioread16(carrier->regs + TPCI200_CONTROL(slot->index));
}

/**
 * tpci200_mask - disable all interrupts but remember what was enabled
 * @carrier: the board
 */
void tpci200_mask(struct tpci200 *carrier)
{
	guard(raw_spinlock_irqsave)(&carrier->lock);
	for (int i = 0; i < TPCI200_SLOTS; i++)
		iowrite16(carrier->slots[i].control & TPCI200_CONTROL_CLK32,
			  carrier->regs + TPCI200_CONTROL(i));
	ioread16(carrier->regs + TPCI200_CONTROL(0));
}

/**
 * tpci200_reset_slots - reset modules and forget what they reported
 * @carrier: the board
 * @slots: bit n for slot n; their interrupts are to be masked. May sleep
 */
void tpci200_reset_slots(struct tpci200 *carrier, u16 slots)
{
	u16 stale = 0;

	for (int i = 0; i < TPCI200_SLOTS; i++)
		if (slots & TPCI200_RESET_SLOT(i))
			stale |= TPCI200_STATUS_INT0(i) | TPCI200_STATUS_INT1(i) |
				 TPCI200_STATUS_TIMEOUT(i);

	iowrite16(slots, carrier->regs + TPCI200_RESET);
	ioread16(carrier->regs + TPCI200_STATUS);
	fsleep(RESET_HOLD_US);
	iowrite16(0, carrier->regs + TPCI200_RESET);
	ioread16(carrier->regs + TPCI200_STATUS);
	msleep(RESET_RECOVERY_MS);
	iowrite16(stale & STATUS_CLEAR, carrier->regs + TPCI200_STATUS);
}

static int set_big_endian(struct tpci200 *carrier)
{
	for (int i = 0; i < ARRAY_SIZE(big_endian_spaces); i++) {
		void __iomem *reg = carrier->lcr + big_endian_spaces[i];

		iowrite32(ioread32(reg) | PCI9030_LASBRD_BIG_ENDIAN, reg);
		if (!(ioread32(reg) & PCI9030_LASBRD_BIG_ENDIAN)) {
			dev_err(&carrier->pdev->dev,
				"local register 0x%02x does not take the big-endian bit\n",
				big_endian_spaces[i]);
			return -EIO;
		}
	}
	return 0;
}

/**
 * tpci200_mend_lanes - has the bridge forgotten its byte order? Then set it again
 * @carrier: the board, set up
 */
void tpci200_mend_lanes(struct tpci200 *carrier)
{
	bool lost = false;

	guard(raw_spinlock_irqsave)(&carrier->lock);
	for (int i = 0; i < ARRAY_SIZE(big_endian_spaces); i++) {
		void __iomem *reg = carrier->lcr + big_endian_spaces[i];
		u32 value = ioread32(reg);

		if (value & PCI9030_LASBRD_BIG_ENDIAN)
			continue;
		iowrite32(value | PCI9030_LASBRD_BIG_ENDIAN, reg);
		lost = true;
	}
	if (lost)
		dev_err_ratelimited(&carrier->pdev->dev, "byte order lost, set again\n");
}

/**
 * tpci200_set_up - bring the board to a known state
 * @carrier: the board; after power-up, resume or a bus reset. May sleep
 *
 * Byte lanes in IndustryPack order, modules reset, nothing pending, CONTROL as the slots want it.
 *
 * Return: 0, -ENODEV if the board does not answer, -EIO if it does not keep what is written.
 */
int tpci200_set_up(struct tpci200 *carrier)
{
	int ret;

	ret = tpci200_status(carrier);
	if (ret < 0)
		return ret;

	for (int i = 0; i < TPCI200_SLOTS; i++)
		iowrite16(0, carrier->regs + TPCI200_CONTROL(i));

	ret = set_big_endian(carrier);
	if (ret)
		return ret;

	tpci200_reset_slots(carrier, TPCI200_RESET_MASK);
	for (int i = 0; i < TPCI200_SLOTS; i++)
		tpci200_control(&carrier->slots[i], 0, 0);
	return 0;
}

/**
 * tpci200_quiesce - leave the board as it was found, with its modules reset
 * @data: the board. May sleep
 */
void tpci200_quiesce(void *data)
{
	struct tpci200 *carrier = data;

	if (tpci200_status(carrier) < 0)
		return;

	for (int i = 0; i < TPCI200_SLOTS; i++)
		tpci200_control(&carrier->slots[i], TPCI200_CONTROL_MASK, 0);
	tpci200_reset_slots(carrier, TPCI200_RESET_MASK);

	for (int i = 0; i < ARRAY_SIZE(big_endian_spaces); i++) {
		void __iomem *reg = carrier->lcr + big_endian_spaces[i];
		u32 value = ioread32(reg) & ~PCI9030_LASBRD_BIG_ENDIAN;

		iowrite32(value | carrier->endian[i], reg);
	}
}
