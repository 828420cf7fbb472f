/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TEWS TPCI200 carrier: what its files share.
 */
#ifndef TPCI200_H
#define TPCI200_H

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/ipack.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "tpci200_regs.h"

struct tpci200;

/**
 * struct tpci200_slot - a slot and the module in it
 * @carrier: the board
 * @index: 0 for A
 * @device: the module's device, NULL when empty; protected by &tpci200.devices
 * @handler: the module driver's interrupt handler, NULL for none; written under &tpci200.actions,
 *	read by the interrupt handler once it is published
 * @arg: argument of @handler, valid while that is set
 * @control: what CONTROL ought to hold; protected by &tpci200.lock
 * @timed_out: a timeout was seen since the module's driver last reset it
 * @unhandled: interrupts in a row that @handler denied; interrupt handler only
 * @timeouts_then: @timeouts at the first of these
 * @silenced: its interrupts are masked because it did not acknowledge; to be tried again
 * @standing: times in a row that the timeout latch stood after it was cleared; likewise
 * @timeouts: cycles that were not acknowledged
 * @errors: assertions of ERROR#
 * @unreported: an assertion of ERROR# is yet to be told to user space
 * @storms: how often interrupts were masked because nobody handled them
 */
struct tpci200_slot {
	struct tpci200 *carrier;
	unsigned int index;
	struct ipack_device *device;
	irqreturn_t (*handler)(void *arg);
	void *arg;
	u16 control;
	bool timed_out;
	unsigned int unhandled;
	int timeouts_then;
	bool silenced;
	unsigned int standing;
	atomic_t timeouts;
	atomic_t errors;
	atomic_t unreported;
	atomic_t storms;
};

/**
 * struct tpci200 - a board
 * @pdev: its PCI function
 * @lcr: registers of the PCI9030
 * @regs: interface registers
 * @bus: its IndustryPack bus
 * @bars: bit n: base address register n is usable
 * @slots: its slots
 * @devices: creation and removal of the slots' devices
 * @actions: requesting and freeing of interrupts; taken inside @devices, by module drivers
 * @lock: CONTROL registers, &tpci200_slot.control and @masked; timeout latches and byte order of a
 *	board in use
 * @rearm: looks after what was masked until it is released, and after a dead board
 * @masked: by how many it is held: asleep, being reset, not set up yet; nobody else touches it
 * @dead: reads are all ones: unplugged, or isolated after a PCI error
 * @leaving: being removed: no device is to be created any more; protected by @devices
 * @config: configuration space as it was when the board was set up first, or NULL
 * @endian: big-endian bits of LAS1BRD and LAS2BRD as found
 */
struct tpci200 {
	struct pci_dev *pdev;
	void __iomem *lcr;
	void __iomem *regs;
	struct ipack_bus_device *bus;
	unsigned int bars;
	struct tpci200_slot slots[TPCI200_SLOTS];
	struct mutex devices;	/* creation and removal of devices */
	struct mutex actions;	/* requesting and freeing of interrupts */
	raw_spinlock_t lock;	/* CONTROL, byte order */
	struct delayed_work rearm;
	unsigned int masked;
	bool dead;
	bool leaving;
	struct pci_saved_state *config;
	u32 endian[2];
};

extern const struct ipack_bus_ops tpci200_bus_ops;
extern const struct attribute_group *tpci200_groups[];

/* chip.c: the board's registers */
bool tpci200_gone(struct tpci200 *carrier, u16 value);
int tpci200_status(struct tpci200 *carrier);
void tpci200_control(struct tpci200_slot *slot, u16 clear, u16 set);
void tpci200_hold(struct tpci200 *carrier);
void tpci200_mask(struct tpci200 *carrier);
bool tpci200_mend_lanes(struct tpci200 *carrier);
void tpci200_reset_slots(struct tpci200 *carrier, u16 slots);
int tpci200_set_up(struct tpci200 *carrier);
bool tpci200_revive(struct tpci200 *carrier);
void tpci200_look(struct tpci200 *carrier, unsigned long delay);
void tpci200_quiesce(void *carrier);

/* irq.c: interrupts, timeouts and errors */
irqreturn_t tpci200_interrupt(int irq, void *data);
void tpci200_rearm(struct work_struct *work);

/* slot.c: modules */
int tpci200_create_devices(struct tpci200 *carrier);
void tpci200_delete_devices(struct tpci200 *carrier);

#endif
