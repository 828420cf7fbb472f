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

#define ERROR_POLL		HZ

#define CONTROL_INTS		(TPCI200_CONTROL_INT0_EN | TPCI200_CONTROL_INT1_EN)
#define CONTROL_EVENTS		(TPCI200_CONTROL_TIME_INT_EN | TPCI200_CONTROL_ERR_INT_EN)

static struct tpci200_slot *slot_of(struct ipack_device *dev)
{
	struct tpci200 *carrier = dev_get_drvdata(dev->bus->parent);

	return dev->slot < TPCI200_SLOTS ? &carrier->slots[dev->slot] : NULL;
}

static void mask_storm(struct tpci200_slot *slot)
{
	tpci200_control(slot, CONTROL_INTS, 0);
	atomic_inc(&slot->storms);
	dev_err_ratelimited(&slot->carrier->pdev->dev,
			    "slot %u: nobody handled %u interrupts in a row, masked\n",
			    slot->index, slot->unhandled);
	slot->unhandled = 0;
}

static bool module_interrupt(struct tpci200_slot *slot)
{
	/* Pairs with the release in request_irq: the argument is there before the handler. */
	irqreturn_t (*handler)(void *arg) = smp_load_acquire(&slot->handler);
	unsigned int limit;

	if (handler && handler(slot->arg) != IRQ_NONE) {
		slot->unhandled = 0;
		return true;
	}
	limit = READ_ONCE(slot->timed_out) ? UNHANDLED_LIMIT_SILENT : UNHANDLED_LIMIT;
	if (++slot->unhandled >= limit) {
		mask_storm(slot);
		return true;
	}
	return false;
}

static void timeout_interrupt(struct tpci200_slot *slot)
{
	struct tpci200 *carrier = slot->carrier;

	WRITE_ONCE(slot->timed_out, true);
	atomic_inc(&slot->timeouts);
	iowrite16(TPCI200_STATUS_TIMEOUT(slot->index), carrier->regs + TPCI200_STATUS);
	ioread16(carrier->regs + TPCI200_STATUS);
	dev_warn_ratelimited(&carrier->pdev->dev, "slot %u: the module did not acknowledge\n",
			     slot->index);
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
	mod_delayed_work(system_wq, &carrier->rearm, 0);
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

/* Only while somebody uses the slot: free_irq holds the same mutex when it disables the event. */
static void arm_error(struct tpci200_slot *slot)
{
	guard(mutex)(&slot->carrier->actions);
	if (slot->handler)
		tpci200_control(slot, 0, TPCI200_CONTROL_ERR_INT_EN);
}

/**
 * tpci200_rearm - tell user space of ERROR#, and listen to the line again once it is released
 * @work: &tpci200.rearm
 */
void tpci200_rearm(struct work_struct *work)
{
	struct tpci200 *carrier = container_of(work, struct tpci200, rearm.work);
	int status = tpci200_status(carrier);
	bool again = false;

	if (status < 0)
		return;

	for (int i = 0; i < TPCI200_SLOTS; i++) {
		struct tpci200_slot *slot = &carrier->slots[i];
		u16 control = READ_ONCE(slot->control);

		if (control & TPCI200_CONTROL_ERR_INT_EN || !READ_ONCE(slot->handler))
			continue;
		if (atomic_xchg(&slot->unreported, 0))
			report_error(slot);
		if (status & TPCI200_STATUS_ERROR(i))
			again = true;
		else
			arm_error(slot);
	}
	if (again)
		schedule_delayed_work(&carrier->rearm, ERROR_POLL);
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

/* Of a slot that there is */
static int slot_status(struct tpci200_slot *slot)
{
	return slot ? tpci200_status(slot->carrier) : -EINVAL;
}

static int tpci200_get_error(struct ipack_device *dev)
{
	struct tpci200_slot *slot = slot_of(dev);
	int status = slot_status(slot);

	if (status < 0)
		return status;
	return !!(status & TPCI200_STATUS_ERROR(slot->index));
}

static int tpci200_get_timeout(struct ipack_device *dev)
{
	struct tpci200_slot *slot = slot_of(dev);
	int status = slot_status(slot);

	if (status < 0)
		return status;
	/* Who asks has read nonsense: crossed bytes look like that, too. */
	tpci200_mend_lanes(slot->carrier);
	/* The interrupt handler may have cleared the latch already. */
	return READ_ONCE(slot->timed_out) || status & TPCI200_STATUS_TIMEOUT(slot->index);
}

static int tpci200_reset_timeout(struct ipack_device *dev)
{
	struct tpci200_slot *slot = slot_of(dev);

	if (!slot)
		return -EINVAL;

	iowrite16(TPCI200_STATUS_TIMEOUT(slot->index), slot->carrier->regs + TPCI200_STATUS);
	if (tpci200_status(slot->carrier) < 0)
		return -ENODEV;
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
