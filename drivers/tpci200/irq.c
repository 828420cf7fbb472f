// SPDX-License-Identifier: GPL-2.0
/*
 * TEWS TPCI200 carrier: interrupts, timeouts and errors.
 *
 * All slots share INTA#, a level. STATUS says which slot wants attention; the module's driver
 * removes the cause. What nobody removes is masked: one bad module must not take the machine down.
 */
#include <linux/io.h>
#include <linux/jiffies.h>

#include "tpci200.h"

/*
 * Interrupts in a row that a module's driver may deny. A few are normal: writes are posted. A
 * module that no longer acknowledges its cycles cannot be told to take its request back.
 */
#define UNHANDLED_LIMIT		1000
#define UNHANDLED_LIMIT_SILENT	10

/* Times in a row that a latch may stand after it was cleared: another cycle may have set it */
#define TIMEOUT_LIMIT		10

#define RELEASE_POLL		HZ

#define CONTROL_INTS		(TPCI200_CONTROL_INT0_EN | TPCI200_CONTROL_INT1_EN)
#define CONTROL_EVENTS		(TPCI200_CONTROL_TIME_INT_EN | TPCI200_CONTROL_ERR_INT_EN)

static struct tpci200_slot *slot_of(struct ipack_device *dev)
{
	struct tpci200 *carrier = dev_get_drvdata(dev->bus->parent);

	return dev->slot < TPCI200_SLOTS ? &carrier->slots[dev->slot] : NULL;
}

static void mask_storm(struct tpci200_slot *slot, bool silent)
{
	tpci200_control(slot, CONTROL_INTS, 0);
	atomic_inc(&slot->storms);
	dev_err_ratelimited(&slot->carrier->pdev->dev,
			    "slot %u: nobody handled %u interrupts in a row, masked\n",
			    slot->index, slot->unhandled);
	slot->unhandled = 0;
	/* It can be told to be quiet once it answers again. */
	WRITE_ONCE(slot->silenced, silent);
	if (silent)
		tpci200_look(slot->carrier, RELEASE_POLL);
}

static bool module_interrupt(struct tpci200_slot *slot)
{
	/* Pairs with the release in request_irq: the argument is there before the handler. */
	irqreturn_t (*handler)(void *arg) = smp_load_acquire(&slot->handler);
	bool silent;

	if (handler && handler(slot->arg) != IRQ_NONE) {
		slot->unhandled = 0;
		return true;
	}
	if (!slot->unhandled++)
		slot->timeouts_then = atomic_read(&slot->timeouts);
	silent = atomic_read(&slot->timeouts) != slot->timeouts_then;
	if (slot->unhandled >= (silent ? UNHANDLED_LIMIT_SILENT : UNHANDLED_LIMIT)) {
		mask_storm(slot, silent);
		return true;
	}
	return false;
}

/*
 * Clear a slot's timeout latch, and count what it says. Return: STATUS, read before that, or a
 * negative error.
 */
static int take_timeout(struct tpci200_slot *slot)
{
	struct tpci200 *carrier = slot->carrier;
	int status = tpci200_status(carrier);

	if (status < 0 || !(status & TPCI200_STATUS_TIMEOUT(slot->index)))
		return status;

	/* Interrupt handler and module driver may both find it: it counts once. */
	guard(raw_spinlock_irqsave)(&carrier->lock);
	if (!(ioread16(carrier->regs + TPCI200_STATUS) & TPCI200_STATUS_TIMEOUT(slot->index)))
		return status;
	iowrite16(TPCI200_STATUS_TIMEOUT(slot->index), carrier->regs + TPCI200_STATUS);
	WRITE_ONCE(slot->timed_out, true);
	atomic_inc(&slot->timeouts);
	return status;
}

static void timeout_interrupt(struct tpci200_slot *slot)
{
	struct tpci200 *carrier = slot->carrier;
	u16 status;

	take_timeout(slot);
	dev_warn_ratelimited(&carrier->pdev->dev, "slot %u: the module did not acknowledge\n",
			     slot->index);

	status = ioread16(carrier->regs + TPCI200_STATUS);
	slot->standing = status & TPCI200_STATUS_TIMEOUT(slot->index) ? slot->standing + 1 : 0;
	if (slot->standing < TIMEOUT_LIMIT)
		return;
	slot->standing = 0;
	tpci200_control(slot, TPCI200_CONTROL_TIME_INT_EN, 0);
	dev_err_ratelimited(&carrier->pdev->dev,
			    "slot %u: the timeout status does not clear, masked\n", slot->index);
	tpci200_look(carrier, RELEASE_POLL);
}

static void error_interrupt(struct tpci200_slot *slot)
{
	struct tpci200 *carrier = slot->carrier;

	/* A level that only the module can release: stay quiet until it does. */
	tpci200_control(slot, TPCI200_CONTROL_ERR_INT_EN, 0);
	atomic_inc(&slot->errors);
	atomic_set(&slot->unreported, 1);
	dev_err_ratelimited(&carrier->pdev->dev, "slot %u: the module reports a failure\n",
			    slot->index);
	tpci200_look(carrier, 0);
}

/**
 * tpci200_interrupt - handler of INTA#
 * @irq: number
 * @data: the board
 */
irqreturn_t tpci200_interrupt(int irq, void *data)
{
	struct tpci200 *carrier = data;
	irqreturn_t ret = IRQ_NONE;
	u16 status;

	/* Somebody else's, on a shared line: this board may not even decode its addresses. */
	if (READ_ONCE(carrier->masked))
		return IRQ_NONE;
	status = ioread16(carrier->regs + TPCI200_STATUS);
	if (!status || (status == 0xffff && tpci200_gone(carrier, status)))
		return IRQ_NONE;

	for (int i = 0; i < TPCI200_SLOTS; i++) {
		struct tpci200_slot *slot = &carrier->slots[i];
		u16 ints = TPCI200_STATUS_INT0(i) | TPCI200_STATUS_INT1(i);
		u16 control = READ_ONCE(slot->control);

		if (status & ints && control & CONTROL_INTS && module_interrupt(slot))
			ret = IRQ_HANDLED;
		if (status & TPCI200_STATUS_TIMEOUT(i) && control & TPCI200_CONTROL_TIME_INT_EN) {
			timeout_interrupt(slot);
			ret = IRQ_HANDLED;
		}
		if (status & TPCI200_STATUS_ERROR(i) && control & TPCI200_CONTROL_ERR_INT_EN) {
			error_interrupt(slot);
			ret = IRQ_HANDLED;
		}
	}
	return ret;
}

static void report_error(struct tpci200_slot *slot)
{
	char event[] = "EVENT=module-error";
	char *envp[2] = { event };

	guard(mutex)(&slot->carrier->devices);
	if (slot->device)
		kobject_uevent_env(&slot->device->dev.kobj, KOBJ_CHANGE, envp);
}

/* Only while somebody uses the slot: free_irq holds the same mutex when it disables interrupts. */
static void listen(struct tpci200_slot *slot, u16 events)
{
	guard(mutex)(&slot->carrier->actions);
	if (slot->handler)
		tpci200_control(slot, 0, events);
}

/* What was masked because nobody could make it stop: is it released? */
static bool look_at_slot(struct tpci200_slot *slot, u16 status)
{
	u16 wanted = CONTROL_EVENTS | (xchg(&slot->silenced, false) ? CONTROL_INTS : 0);
	u16 masked = wanted & ~READ_ONCE(slot->control);
	unsigned int n = slot->index;
	u16 held = 0;

	if (!masked || !READ_ONCE(slot->handler))
		return false;
	if (atomic_xchg(&slot->unreported, 0))
		report_error(slot);
	if (status & TPCI200_STATUS_TIMEOUT(n))
		held |= TPCI200_CONTROL_TIME_INT_EN;
	if (status & TPCI200_STATUS_ERROR(n))
		held |= TPCI200_CONTROL_ERR_INT_EN;
	listen(slot, masked & ~held);
	return masked & held;
}

/* A board that was dead: its modules were reset, so their drivers are put on anew. */
static void revive(struct tpci200 *carrier)
{
	if (!tpci200_revive(carrier)) {
		tpci200_look(carrier, RELEASE_POLL);
		return;
	}
	dev_notice(&carrier->pdev->dev, "the board answers again\n");
	tpci200_delete_devices(carrier);
	tpci200_hold(carrier);
	if (tpci200_set_up(carrier) || tpci200_create_devices(carrier))
		dev_err(&carrier->pdev->dev, "not all modules are back\n");
}

/**
 * tpci200_rearm - report ERROR#, listen again to what is released, look for a dead board
 * @work: &tpci200.rearm
 */
void tpci200_rearm(struct work_struct *work)
{
	struct tpci200 *carrier = container_of(work, struct tpci200, rearm.work);
	bool again = false;
	int status;

	if (READ_ONCE(carrier->dead)) {
		revive(carrier);
		return;
	}
	status = tpci200_status(carrier);
	if (status < 0)
		return;
	for (int i = 0; i < TPCI200_SLOTS; i++)
		again |= look_at_slot(&carrier->slots[i], status);
	if (again)
		tpci200_look(carrier, RELEASE_POLL);
}

static int tpci200_request_irq(struct ipack_device *dev, irqreturn_t (*handler)(void *), void *arg)
{
	struct tpci200_slot *slot = slot_of(dev);

	if (!slot || !handler)
		return -EINVAL;

	guard(mutex)(&slot->carrier->actions);
	if (slot->handler)
		return -EINVAL;
	if (tpci200_status(slot->carrier) < 0)
		return -ENODEV;

	slot->arg = arg;
	/* Pairs with the acquire in module_interrupt(). */
	smp_store_release(&slot->handler, handler);
	tpci200_control(slot, 0, CONTROL_INTS | CONTROL_EVENTS);
	return 0;
}

static int tpci200_free_irq(struct ipack_device *dev)
{
	struct tpci200_slot *slot = slot_of(dev);

	if (!slot)
		return -EINVAL;

	/* Not interruptible: a signal to whoever unbinds must not leave the handler installed. */
	guard(mutex)(&slot->carrier->actions);
	if (!slot->handler)
		return -EINVAL;

	tpci200_control(slot, CONTROL_INTS | CONTROL_EVENTS, 0);
	WRITE_ONCE(slot->handler, NULL);
	synchronize_irq(slot->carrier->pdev->irq);
	return 0;
}

static int tpci200_get_clockrate(struct ipack_device *dev)
{
	struct tpci200_slot *slot = slot_of(dev);
	u16 control;

	if (!slot)
		return -EINVAL;

	control = ioread16(slot->carrier->regs + TPCI200_CONTROL(slot->index));
	if (tpci200_gone(slot->carrier, control))
		return -ENODEV;
	return control & TPCI200_CONTROL_CLK32 ? 32 : 8;
}

static int tpci200_set_clockrate(struct ipack_device *dev, int mherz)
{
	struct tpci200_slot *slot = slot_of(dev);

	if (!slot || (mherz != 8 && mherz != 32))
		return -EINVAL;

	tpci200_control(slot, TPCI200_CONTROL_CLK32, mherz == 32 ? TPCI200_CONTROL_CLK32 : 0);
	return tpci200_status(slot->carrier) < 0 ? -ENODEV : 0;
}

static int tpci200_get_error(struct ipack_device *dev)
{
	struct tpci200_slot *slot = slot_of(dev);
	int status;

	if (!slot)
		return -EINVAL;
	status = tpci200_status(slot->carrier);
	if (status < 0)
		return status;
	return !!(status & TPCI200_STATUS_ERROR(slot->index));
}

static int tpci200_get_timeout(struct ipack_device *dev)
{
	struct tpci200_slot *slot = slot_of(dev);
	int status;

	if (!slot)
		return -EINVAL;
	status = take_timeout(slot);
	if (status < 0)
		return status;
	/* Crossed bytes are missed cycles too, of all slots. */
	if (tpci200_mend_lanes(slot->carrier))
		for (int i = 0; i < TPCI200_SLOTS; i++)
			WRITE_ONCE(slot->carrier->slots[i].timed_out, true);
	return READ_ONCE(slot->timed_out);
}

static int tpci200_reset_timeout(struct ipack_device *dev)
{
	struct tpci200_slot *slot = slot_of(dev);
	int status;

	if (!slot)
		return -EINVAL;
	status = take_timeout(slot);
	if (status < 0)
		return status;
	WRITE_ONCE(slot->timed_out, false);
	return 0;
}

const struct ipack_bus_ops tpci200_bus_ops = {
	.request_irq = tpci200_request_irq,
	.free_irq = tpci200_free_irq,
	.get_clockrate = tpci200_get_clockrate,
	.set_clockrate = tpci200_set_clockrate,
	.get_error = tpci200_get_error,
	.get_timeout = tpci200_get_timeout,
	.reset_timeout = tpci200_reset_timeout,
};
