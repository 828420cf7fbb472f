// SPDX-License-Identifier: GPL-2.0
/*
 * TEWS TPCI200 carrier: the board's registers.
 */
#include <linux/delay.h>
#include <linux/io.h>

#include "tpci200.h"

/* How long to wait before asking whether a dead board is back */
#define REVIVAL_POLL		HZ

#define RESET_HOLD_US		1000
#define RESET_RECOVERY_MS	10

/* Bits of STATUS that a write of 1 clears */
#define STATUS_CLEAR		(TPCI200_STATUS_INT_MASK | TPCI200_STATUS_TIMEOUT_MASK)

/* Local address spaces in which IndustryPack byte addresses must hold */
static const u8 big_endian_spaces[] = { PCI9030_LAS1BRD, PCI9030_LAS2BRD };

/* All ones may be a value of STATUS, but never of CONTROL, whose upper half is zero. */
static bool reads_nothing(struct tpci200 *carrier)
{
	return ioread16(carrier->regs + TPCI200_CONTROL(0)) == 0xffff;
}

/* Does the function decode its addresses? Configuration space says so whether or not it does. */
static bool decodes(struct tpci200 *carrier)
{
	u16 command = 0xffff;

	pci_read_config_word(carrier->pdev, PCI_COMMAND, &command);
	return command != 0xffff && command & PCI_COMMAND_MEMORY;
}

/**
 * tpci200_look - have tpci200_rearm() look soon
 * @carrier: the board
 * @delay: how soon, in jiffies
 */
void tpci200_look(struct tpci200 *carrier, unsigned long delay)
{
	if (!READ_ONCE(carrier->masked))
		mod_delayed_work(compat_system_wq, &carrier->rearm, delay);
}

/**
 * tpci200_gone - is the board unplugged?
 * @carrier: the board
 * @value: of an interface register
 *
 * A second look is taken once decoding is known to be on. tpci200_rearm() goes on looking.
 */
bool tpci200_gone(struct tpci200 *carrier, u16 value)
{
	if (READ_ONCE(carrier->dead))
		return true;
	if (value != 0xffff || !reads_nothing(carrier) ||
	    (decodes(carrier) && !reads_nothing(carrier)))
		return false;

	/* Two hold it: one of them is resetting the function. He looks again when that is done. */
	if (READ_ONCE(carrier->masked) < 2 && !xchg(&carrier->dead, true)) {
		dev_err(&carrier->pdev->dev, "the board does not answer any more\n");
		tpci200_look(carrier, REVIVAL_POLL);
	}
	return true;
}

static int read_status(struct tpci200 *carrier)
{
	u16 status = ioread16(carrier->regs + TPCI200_STATUS);

	return tpci200_gone(carrier, status) ? -ENODEV : status;
}

/**
 * tpci200_status - read STATUS
 * @carrier: the board
 *
 * Return: the register, -EBUSY while it is masked, when nothing is to be asked of it, or -ENODEV
 * when the board is gone.
 */
int tpci200_status(struct tpci200 *carrier)
{
	return READ_ONCE(carrier->masked) ? -EBUSY : read_status(carrier);
}

/**
 * tpci200_control - change a slot's CONTROL register
 * @slot: the slot; of a masked board the change waits for tpci200_set_up()
 * @clear: bits to clear
 * @set: bits to set, after that
 */
void tpci200_control(struct tpci200_slot *slot, u16 clear, u16 set)
{
	struct tpci200 *carrier = slot->carrier;

	guard(raw_spinlock_irqsave)(&carrier->lock);
	slot->control = (slot->control & ~clear) | set;
	if (carrier->masked)
		return;
	iowrite16(slot->control, carrier->regs + TPCI200_CONTROL(slot->index));
	/* Whoever masks an interrupt relies on it: push the write through the bridge. */
	if (clear)
		ioread16(carrier->regs + TPCI200_CONTROL(slot->index));
}

/**
 * tpci200_hold - disable all interrupts but remember what was enabled
 * @carrier: the board
 *
 * Until as many calls of tpci200_set_up() nobody touches it who was not at it before: neither the
 * interrupt handler, nor the work, nor tpci200_control().
 */
void tpci200_hold(struct tpci200 *carrier)
{
	guard(raw_spinlock_irqsave)(&carrier->lock);
	WRITE_ONCE(carrier->masked, carrier->masked + 1);
	for (int i = 0; i < TPCI200_SLOTS; i++)
		iowrite16(carrier->slots[i].control & TPCI200_CONTROL_CLK32,
			  carrier->regs + TPCI200_CONTROL(i));
	ioread16(carrier->regs + TPCI200_CONTROL(0));
}

/**
 * tpci200_mask - likewise, and wait for interrupt handler and work to end
 * @carrier: the board. May sleep
 */
void tpci200_mask(struct tpci200 *carrier)
{
	tpci200_hold(carrier);
	synchronize_irq(carrier->pdev->irq);
	cancel_delayed_work_sync(&carrier->rearm);
}

/* Take back one hold; with the last one interrupts are as they were wanted meanwhile. */
static void let_go(struct tpci200 *carrier)
{
	guard(raw_spinlock_irqsave)(&carrier->lock);
	WRITE_ONCE(carrier->masked, carrier->masked - 1);
	if (carrier->masked)
		return;
	for (int i = 0; i < TPCI200_SLOTS; i++)
		iowrite16(carrier->slots[i].control, carrier->regs + TPCI200_CONTROL(i));
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
 *
 * Return: whether it had.
 */
bool tpci200_mend_lanes(struct tpci200 *carrier)
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
	return lost;
}

static int set_up(struct tpci200 *carrier)
{
	int ret;

	WRITE_ONCE(carrier->dead, false);
	ret = read_status(carrier);
	if (ret < 0)
		return ret;

	for (int i = 0; i < TPCI200_SLOTS; i++)
		iowrite16(0, carrier->regs + TPCI200_CONTROL(i));

	ret = set_big_endian(carrier);
	if (ret)
		return ret;

	tpci200_reset_slots(carrier, TPCI200_RESET_MASK);
	return 0;
}

/**
 * tpci200_set_up - bring the board to a known state
 * @carrier: the board, held; after power-up, resume or a bus reset. May sleep
 *
 * Byte lanes in IndustryPack order, modules reset, nothing pending, CONTROL as the slots want it.
 * While somebody else holds the board this is left to him.
 *
 * Return: 0, -ENODEV if the board does not answer, -EIO if it does not keep what is written.
 */
int tpci200_set_up(struct tpci200 *carrier)
{
	int ret = READ_ONCE(carrier->masked) == 1 ? set_up(carrier) : 0;

	let_go(carrier);
	return ret;
}

/**
 * tpci200_revive - is a dead board back? Then give it its addresses again
 * @carrier: the board
 *
 * Power may have failed for a moment: the function is there, but has no configuration.
 *
 * Return: whether it answers.
 */
bool tpci200_revive(struct tpci200 *carrier)
{
	struct pci_dev *pdev = carrier->pdev;

	if (!pci_device_is_present(pdev))
		return false;
	if (!decodes(carrier) && carrier->config) {
		if (pci_load_saved_state(pdev, carrier->config))
			return false;
		pci_restore_state(pdev);
		pci_save_state(pdev);
	}
	return decodes(carrier) && !reads_nothing(carrier);
}

/**
 * tpci200_quiesce - leave the board as it was found, with its modules reset
 * @data: the board. May sleep
 */
void tpci200_quiesce(void *data)
{
	struct tpci200 *carrier = data;

	if (read_status(carrier) < 0)
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
