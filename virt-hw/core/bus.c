// SPDX-License-Identifier: GPL-2.0
/*
 * Root buses, and boards coming to them and leaving them while they run. There is one at first,
 * and another when the slots of all are taken, or one of them is asked for.
 *
 * The PCI core does all that it does for real devices. What firmware would do is done here:
 * interrupts are routed, I/O-port BARs stay unassigned, memory BARs get addresses and decode.
 */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include "../mmio/mmio.h"
#include "core.h"

#define WINDOW_LIMIT_MIB	1024
#define BUS_BASE		0x80000000u	/* the window is here on the bus, or behind */

static unsigned int window_mib = VHW_MMIO_WINDOW_MIB;
module_param(window_mib, uint, 0444);
MODULE_PARM_DESC(window_mib, "size of the window for memory BARs in MiB, a power of two from 16 to 1024");

static unsigned long window_at;
module_param(window_at, ulong, 0444);
MODULE_PARM_DESC(window_at, "physical address of that window; 0 (default): the first that is free");

static struct resource window = {
	.name = "virtual hardware",
	.flags = IORESOURCE_MEM,
};

/* Written with the PCI rescan lock; only ever added to while there are boards */
static struct pci_bus *buses[VHW_BUSES];
static struct resource busn[VHW_BUSES];

static struct pci_ops bus_ops = {
	.read = vhw_config_bus_read,
	.write = vhw_config_bus_write,
};

static bool is_ours(const struct pci_bus *bus)
{
	return bus->ops == &bus_ops;
}

/**
 * vhw_board_of_device() - is a PCI device one of the boards?
 * @pdev: the device
 *
 * Return: the board, good for comparisons only: it may be gone already; or NULL.
 */
const struct vhw_board *vhw_board_of_device(const struct pci_dev *pdev)
{
	if (!is_ours(pdev->bus))
		return NULL;
	guard(vhw_world)();
	return vhw_bus_board(pdev->bus, pdev->devfn);
}
EXPORT_SYMBOL_GPL(vhw_board_of_device);

/*
 * A struct pci_dev was made for a board, by us or by a rescan. No driver can have it yet. Its pin
 * is hidden from the kernel, which would ask ACPI about it.
 */
static void device_added(struct pci_dev *pdev)
{
	struct vhw_board *board = vhw_bus_board(pdev->bus, pdev->devfn);
	unsigned int i;
	int irq;

	for (i = 0; i < VHW_BARS; i++)
		if (pdev->resource[i].flags & IORESOURCE_IO)
			pdev->resource[i] = (struct resource) {};
	irq = board->model->intx ? vhw_irq_map(board->index) : 0;
	pdev->irq = max(irq, 0);
	pdev->pin = 0;
	dev_set_msi_domain(&pdev->dev, vhw_msi_domain());
	guard(vhw_world)();
	board->pdev = pdev;
}

static void device_removed(struct pci_dev *pdev)
{
	struct vhw_board *board = vhw_bus_board(pdev->bus, pdev->devfn);

	guard(vhw_world)();
	board->pdev = NULL;
}

static int bus_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);

	if (!is_ours(pdev->bus) || !vhw_bus_board(pdev->bus, pdev->devfn))
		return NOTIFY_DONE;
	if (action == BUS_NOTIFY_ADD_DEVICE)
		device_added(pdev);
	else if (action == BUS_NOTIFY_REMOVED_DEVICE)
		device_removed(pdev);
	return NOTIFY_OK;
}

static struct notifier_block bus_notifier = {
	.notifier_call = bus_event,
};

static int occupy(struct vhw_board *board, unsigned int slot)
{
	int err;

	board->born = vhw_mapping_birth();
	memset(board->bar_offset, 0xff, sizeof(board->bar_offset));
	err = vhw_bus_occupy(board, slot);
	if (err)
		board->state = VHW_GONE;
	return err;
}

static void vacate(struct vhw_board *board)
{
	scoped_guard(vhw_world) {
		board->state = VHW_GONE;
		vhw_bus_vacate(board);
		vhw_world_drop(board);
		vhw_decode_update();
	}
	vhw_irq_unmap(board->index);
}

/* All at once, so that whoever finds one finds all */
static int occupy_all(struct vhw_board **functions, unsigned int slot)
{
	unsigned int function;
	int err = 0;

	guard(vhw_world)();
	for (function = 0; function < VHW_FUNCTIONS && !err; function++)
		if (functions[function])
			err = occupy(functions[function], slot);
	while (err && function--)
		if (functions[function] && functions[function]->state == VHW_LIVE)
			vhw_bus_vacate(functions[function]);
	return err;
}

static int assign(struct pci_dev *pdev)
{
	unsigned int i;
	u16 command;
	int err;

	for (i = 0; i < VHW_BARS; i++) {
		if (!pdev->resource[i].flags || pdev->resource[i].parent)
			continue;
		err = pci_assign_resource(pdev, i);
		if (err)
			return err;
	}
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	pci_write_config_word(pdev, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
	return 0;
}

/*
 * When memory runs out in device_add(), or before it for the name, pci_scan_single_device() warns,
 * but leaves the device on the bus, half made. Nothing can take it from there, but it can be
 * completed.
 */
static int make_whole(struct pci_dev *pdev)
{
	int err = 0;

	if (device_is_registered(&pdev->dev))
		return 0;
	if (!dev_name(&pdev->dev))
		err = dev_set_name(&pdev->dev, "%04x:%02x:%02x.%d", pci_domain_nr(pdev->bus),
				   pdev->bus->number, PCI_SLOT(pdev->devfn), PCI_FUNC(pdev->devfn));
	return err ?: device_add(&pdev->dev);
}

static struct pci_bus *bus_of(const struct vhw_board *board)
{
	return buses[board->at / VHW_BUS_PLACES];
}

static struct pci_dev *device_of(const struct vhw_board *board)
{
	return pci_get_slot(bus_of(board), board->at % VHW_BUS_PLACES);
}

/* Function 0 has company, though its device may have been made when it had none */
static void mark_first(const struct vhw_board *board)
{
	unsigned int devfn = board->at % VHW_BUS_PLACES;
	struct pci_dev *first = pci_get_slot(bus_of(board), PCI_DEVFN(PCI_SLOT(devfn), 0));

	if (first)
		first->multifunction = 1;
	pci_dev_put(first);
}

static int find_device(struct vhw_board *board)
{
	struct pci_dev *pdev = pci_scan_single_device(bus_of(board), board->at % VHW_BUS_PLACES);

	if (!pdev || make_whole(pdev)) {
		pr_err_ratelimited("%s: no memory for its PCI device\n", vhw_name(board));
		return -ENOMEM;
	}
	if (vhw_function(board)) {
		pdev->multifunction = 1;
		mark_first(board);
	}
	return 0;
}

static int assign_device(struct vhw_board *board)
{
	struct pci_dev *pdev = device_of(board);
	int err = assign(pdev);

	pci_dev_put(pdev);
	if (!err)
		return 0;
	pr_err_ratelimited("%s: its memory BARs do not fit what is left of the window, %pR; load vhw with a larger window_mib\n",
			   vhw_name(board), &window);
	return -ENOSPC;
}

static int add_device(struct vhw_board *board)
{
	struct pci_dev *pdev = device_of(board);

	pci_bus_add_device(pdev);
	pci_dev_put(pdev);
	return 0;
}

static int for_each(struct vhw_board **functions, int (*call)(struct vhw_board *board))
{
	unsigned int function;
	int err = 0;

	for (function = 0; function < VHW_FUNCTIONS && !err; function++)
		if (functions[function])
			err = call(functions[function]);
	return err;
}

/* Drivers come when all devices are there: that of one function may look for another */
static int scan(struct vhw_board **functions)
{
	return for_each(functions, find_device) ?: for_each(functions, assign_device) ?:
	       for_each(functions, add_device);
}

/*
 * The PCI core refused the bridge, and does not say how much of it is left. If it was the bridge's
 * device_add() that failed, the reference we had is gone; and what was on its list of windows is
 * on no list any more, unless it failed before all else.
 */
static void discard_bridge(struct pci_host_bridge *bridge, struct resource_entry *entries[2])
{
	if (list_empty(&bridge->windows)) {
		resource_list_free_entry(entries[0]);
		resource_list_free_entry(entries[1]);
	}
	if (kref_read(&bridge->dev.kobj.kref) > 1)
		pci_free_host_bridge(bridge);
}

/* Call with the PCI rescan lock held */
static int make_bus(unsigned int index)
{
	struct resource_entry *entries[2];
	struct pci_host_bridge *bridge;
	int err;

	if (buses[index])
		return 0;
	bridge = pci_alloc_host_bridge(0);
	if (!bridge)
		return -ENOMEM;
	busn[index] = (struct resource) {
		.name = "virtual hardware bus",
		.start = VHW_MMIO_BUS_NUMBER + index,
		.end = VHW_MMIO_BUS_NUMBER + index,
		.flags = IORESOURCE_BUS,
	};
	pci_add_resource_offset(&bridge->windows, &window, window.start - vhw_bus_base);
	pci_add_resource(&bridge->windows, &busn[index]);
	entries[0] = resource_list_first_type(&bridge->windows, IORESOURCE_MEM);
	entries[1] = resource_list_first_type(&bridge->windows, IORESOURCE_BUS);
	if (!entries[0] || !entries[1]) {
		pci_free_host_bridge(bridge);
		return -ENOMEM;
	}
	bridge->sysdata = VHW_MMIO_SYSDATA;
	bridge->busnr = VHW_MMIO_BUS_NUMBER + index;
	bridge->ops = &bus_ops;
	get_device(&bridge->dev);
	err = pci_scan_root_bus_bridge(bridge);
	if (!err) {
		buses[index] = bridge->bus;
		pci_bus_add_devices(bridge->bus);
	}
	if (err) {
		pr_err("the PCI core refuses the root bus: %pe\n", ERR_PTR(err));
		discard_bridge(bridge, entries);
	}
	put_device(&bridge->dev);
	return err;
}

static void leave(struct vhw_board *board)
{
	struct pci_dev *pdev = device_of(board);

	if (pdev && device_is_registered(&pdev->dev))
		pci_stop_and_remove_bus_device(pdev);
	pci_dev_put(pdev);
	vacate(board);
}

/* The last one first, as the kernel does with real ones */
static void leave_all(struct vhw_board **functions)
{
	unsigned int function = VHW_FUNCTIONS;

	while (function--)
		if (functions[function])
			leave(functions[function]);
}

/**
 * vhw_bus_plug() - put boards into a slot; their drivers are bound when this returns
 * @functions: the boards, in state VHW_STARTING, each at the number of its function
 * @slot: the slot
 *
 * Return: 0 or -errno, with a line in the log; then none is in the slot.
 */
int vhw_bus_plug(struct vhw_board **functions, unsigned int slot)
{
	int err;

	pci_lock_rescan_remove();
	err = make_bus(slot / VHW_BUS_SLOTS);
	if (err)
		goto unlock;
	err = occupy_all(functions, slot);
	if (err) {
		pr_err_ratelimited("there would be more than %u live boards; unplug others first\n",
				   VHW_BOARDS_MAX);
		goto unlock;
	}
	err = scan(functions);
	if (err)
		leave_all(functions);
unlock:
	pci_unlock_rescan_remove();
	return err;
}

static void pull_all(struct vhw_board **functions)
{
	unsigned int function;
	struct pci_dev *pdev;

	for (function = 0; function < VHW_FUNCTIONS; function++) {
		pdev = functions[function] ? device_of(functions[function]) : NULL;
		if (pdev)
			pdev->error_state = pci_channel_io_perm_failure;
		pci_dev_put(pdev);
	}
	guard(vhw_world)();
	for (function = 0; function < VHW_FUNCTIONS; function++) {
		if (!functions[function])
			continue;
		functions[function]->state = VHW_GONE;
		vhw_world_drop(functions[function]);
	}
	vhw_decode_update();
}

/**
 * vhw_bus_unplug() - take boards out of their slot; their drivers have let go when this returns
 * @functions: the boards, in state VHW_LIVE, each at the number of its function
 * @surprise: pull them out first, then tell the drivers
 */
void vhw_bus_unplug(struct vhw_board **functions, bool surprise)
{
	unsigned int function;

	pci_lock_rescan_remove();
	if (surprise)
		pull_all(functions);
	leave_all(functions);
	pci_unlock_rescan_remove();
	for (function = 0; function < VHW_FUNCTIONS; function++)
		if (functions[function])
			vhw_mapping_report(functions[function]);
}

/**
 * vhw_bus_domain() - which PCI domain the root buses are in
 *
 * Return: its number.
 */
unsigned int vhw_bus_domain(void)
{
	return pci_domain_nr(buses[0]);
}

static const struct vhw_mmio_bus access = {
	.open = vhw_mapping_open,
	.close = vhw_mapping_close,
	.read = vhw_bus_read,
	.write = vhw_bus_write,
};

static int make_window(void)
{
	resource_size_t size = (resource_size_t)window_mib * SZ_1M;
	resource_size_t min = VHW_MMIO_MIN, max = VHW_MMIO_MAX;
	int err;

	if (window_mib < 16 || window_mib > WINDOW_LIMIT_MIB || !is_power_of_2(window_mib)) {
		pr_err("window_mib=%u is not a power of two from 16 to %u\n", window_mib,
		       WINDOW_LIMIT_MIB);
		return -EINVAL;
	}
	if (window_at) {
		min = max_t(resource_size_t, window_at, VHW_MMIO_MIN);
		max = window_at + size - 1;
	}
	err = allocate_resource(VHW_MMIO_SPACE, &window, size, min, max, SZ_16M, NULL, NULL);
	if (!err) {
		vhw_bus_base = BUS_BASE + (window.start & (VHW_BAR_MAX - 1));
		return 0;
	}
	if (window_at)
		pr_err("no free %u MiB at %#lx for the window of memory BARs (see /proc/iomem); leave window_at to the kernel\n",
		       window_mib, window_at);
	else
		pr_err("no free %u MiB for the window of memory BARs (see /proc/iomem); try a smaller window_mib\n",
		       window_mib);
	return err;
}

static void remove_buses(void)
{
	unsigned int index;

	pci_lock_rescan_remove();
	for (index = 0; index < VHW_BUSES; index++) {
		struct pci_host_bridge *bridge;

		if (!buses[index])
			continue;
		bridge = to_pci_host_bridge(buses[index]->bridge);
		pci_stop_root_bus(buses[index]);
		pci_remove_root_bus(buses[index]);
		buses[index] = NULL;
		pci_free_host_bridge(bridge);
	}
	pci_unlock_rescan_remove();
}

/**
 * vhw_bus_init() - make the window and the root bus
 *
 * Return: 0 or -errno, with a line in the log.
 */
int vhw_bus_init(void)
{
	int err = make_window();

	if (err)
		return err;
	err = vhw_mmio_init(&window, &access);
	if (err)
		goto release_window;
	err = bus_register_notifier(&pci_bus_type, &bus_notifier);
	if (err)
		goto exit_mmio;
	pci_lock_rescan_remove();
	err = make_bus(0);
	pci_unlock_rescan_remove();
	if (err)
		goto unregister_notifier;
	return 0;

unregister_notifier:
	bus_unregister_notifier(&pci_bus_type, &bus_notifier);
exit_mmio:
	vhw_mmio_exit();
release_window:
	release_resource(&window);
	return err;
}

/**
 * vhw_bus_exit() - unmake them; no board is left
 */
void vhw_bus_exit(void)
{
	remove_buses();
	bus_unregister_notifier(&pci_bus_type, &bus_notifier);
	vhw_mmio_exit();
	release_resource(&window);
}
