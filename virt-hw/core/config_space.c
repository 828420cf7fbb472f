// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/pci_regs.h>
#include <linux/string.h>

#include "config_space.h"

#define MSI_LENGTH	14	/* 64-bit address, no masks */
#define MSIX_LENGTH	12
#define HEADER_SEVERAL	0x80	/* of PCI_HEADER_TYPE; Linux has a name for it from 6.7 on */

static void put(u8 *bytes, unsigned int where, unsigned int size, u32 value)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		bytes[where + i] = value >> (8 * i);
}

static u32 get(const u8 *bytes, unsigned int where, unsigned int size)
{
	u32 value = 0;
	unsigned int i;

	for (i = 0; i < size; i++)
		value |= (u32)bytes[where + i] << (8 * i);
	return value;
}

/**
 * vhw_config_read() - read config space
 * @config: config space
 * @where: offset
 * @size: 1, 2 or 4
 *
 * Return: the value; all-ones beyond the end.
 */
u32 vhw_config_read(const struct vhw_config *config, unsigned int where, unsigned int size)
{
	if (where + size > config->size)
		return ~0u >> (32 - 8 * size);
	return get(config->bytes, where, size);
}

/**
 * vhw_config_write() - write config space: writable bits change, others stay
 * @config: config space
 * @where: offset
 * @size: 1, 2 or 4
 * @value: what to write
 */
void vhw_config_write(struct vhw_config *config, unsigned int where, unsigned int size, u32 value)
{
	unsigned int i;

	if (where + size > config->size)
		return;
	for (i = 0; i < size; i++, value >>= 8) {
		u8 mask = config->writable[where + i];

		config->bytes[where + i] = (config->bytes[where + i] & ~mask) | (value & mask);
	}
}

static void reset_bars(struct vhw_config *config, const struct vhw_model *model)
{
	unsigned int i;

	for (i = 0; i < VHW_BARS; i++) {
		const struct vhw_bar *bar = &model->bar[i];
		unsigned int where = PCI_BASE_ADDRESS_0 + 4 * i;
		u32 flags = PCI_BASE_ADDRESS_SPACE_MEMORY;

		if (!bar->size)
			continue;
		if (bar->flags & VHW_BAR_IO)
			flags = PCI_BASE_ADDRESS_SPACE_IO;
		if (bar->flags & VHW_BAR_PREFETCH)
			flags |= PCI_BASE_ADDRESS_MEM_PREFETCH;
		if (bar->flags & VHW_BAR_64)
			flags |= PCI_BASE_ADDRESS_MEM_TYPE_64;
		put(config->bytes, where, 4, flags);
		put(config->writable, where, 4, ~(bar->size - 1));
		if (bar->flags & VHW_BAR_64)
			put(config->writable, where + 4, 4, ~0u);
	}
}

/* Link a capability to the end of the list; @link is where the last one keeps its pointer */
static unsigned int add_capability(struct vhw_config *config, unsigned int link, u8 id, u8 offset)
{
	put(config->bytes, link, 1, offset);
	put(config->bytes, offset + PCI_CAP_LIST_ID, 1, id);
	return offset + PCI_CAP_LIST_NEXT;
}

static bool extended(const struct vhw_capability *cap)
{
	return cap->offset >= PCI_CFG_SPACE_SIZE;
}

static const struct vhw_capability *find_capability(const struct vhw_model *model, u16 id)
{
	const struct vhw_capability *cap;

	for (cap = model->caps; cap && cap->id; cap++)
		if (cap->id == id && !extended(cap))
			return cap;
	return NULL;
}

static unsigned int reset_model_capabilities(struct vhw_config *config,
					     const struct vhw_model *model)
{
	const struct vhw_capability *cap;
	unsigned int link = PCI_CAPABILITY_LIST;

	for (cap = model->caps; cap && cap->id; cap++) {
		unsigned int header = extended(cap) ? 4 : 2;

		if (!extended(cap))
			link = add_capability(config, link, cap->id, cap->offset);
		if (cap->bytes)
			memcpy(config->bytes + cap->offset + header, cap->bytes,
			       cap->length - header);
		if (cap->writable)
			memcpy(config->writable + cap->offset + header, cap->writable,
			       cap->length - header);
	}
	return link;
}

/* Their headers: id, version, and where the next one is */
static void link_extended(struct vhw_config *config, const struct vhw_model *model)
{
	const struct vhw_capability *cap, *last = NULL;

	for (cap = model->caps; cap && cap->id; cap++) {
		if (!extended(cap))
			continue;
		put(config->bytes, cap->offset, 4, cap->id | cap->version << 16);
		if (last)
			put(config->bytes, last->offset, 4,
			    last->id | last->version << 16 | cap->offset << 20);
		last = cap;
	}
}

static void reset_registers(struct vhw_config *config, const struct vhw_model *model)
{
	const struct vhw_config_register *reg;

	for (reg = model->registers; reg && reg->size; reg++) {
		put(config->bytes, reg->offset, reg->size, reg->reset);
		put(config->writable, reg->offset, reg->size, reg->writable);
	}
}

static void reset_capabilities(struct vhw_config *config, const struct vhw_model *model)
{
	unsigned int link = reset_model_capabilities(config, model);
	unsigned int msi = model->msi_offset, msix = model->msix_offset;

	if (model->msi_vectors) {
		link = add_capability(config, link, PCI_CAP_ID_MSI, msi);
		put(config->bytes, msi + PCI_MSI_FLAGS, 2,
		    PCI_MSI_FLAGS_64BIT | ilog2(model->msi_vectors) << 1);
		put(config->writable, msi + PCI_MSI_FLAGS, 2,
		    PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);
		put(config->writable, msi + PCI_MSI_ADDRESS_LO, 4, ~3u);
		put(config->writable, msi + PCI_MSI_ADDRESS_HI, 4, ~0u);
		put(config->writable, msi + PCI_MSI_DATA_64, 2, 0xffff);
	}
	if (model->msix_vectors) {
		link = add_capability(config, link, PCI_CAP_ID_MSIX, msix);
		put(config->bytes, msix + PCI_MSIX_FLAGS, 2, model->msix_vectors - 1);
		put(config->writable, msix + PCI_MSIX_FLAGS, 2,
		    PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
		put(config->bytes, msix + PCI_MSIX_TABLE, 4, model->msix_table | model->msix_bar);
		put(config->bytes, msix + PCI_MSIX_PBA, 4, model->msix_pba | model->msix_bar);
	}
	link_extended(config, model);
	if (link != PCI_CAPABILITY_LIST)
		put(config->bytes, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
}

/**
 * vhw_config_reset() - power-on state: decoding, bus mastering and interrupts by message are off,
 * BARs are zero
 * @config: config space
 * @model: whose BARs and capabilities to show
 * @identity: whose identity
 */
void vhw_config_reset(struct vhw_config *config, const struct vhw_model *model,
		      const struct vhw_identity *identity)
{
	memset(config, 0, sizeof(*config));
	config->size = find_capability(model, PCI_CAP_ID_EXP) ? PCI_CFG_SPACE_EXP_SIZE :
								PCI_CFG_SPACE_SIZE;
	put(config->bytes, PCI_VENDOR_ID, 2, identity->vendor);
	put(config->bytes, PCI_DEVICE_ID, 2, identity->device);
	put(config->writable, PCI_COMMAND, 2,
	    PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
	    PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
	put(config->bytes, PCI_CLASS_REVISION, 4, identity->class << 8 | identity->revision);
	put(config->writable, PCI_CACHE_LINE_SIZE, 1, 0xff);
	put(config->writable, PCI_LATENCY_TIMER, 1, 0xff);
	put(config->bytes, PCI_SUBSYSTEM_VENDOR_ID, 2, identity->subvendor);
	put(config->bytes, PCI_SUBSYSTEM_ID, 2, identity->subdevice);
	put(config->writable, PCI_INTERRUPT_LINE, 1, 0xff);
	put(config->bytes, PCI_INTERRUPT_PIN, 1, model->intx ? 1 : 0);
	reset_bars(config, model);
	reset_registers(config, model);
	reset_capabilities(config, model);
}

/**
 * vhw_config_mark() - config space says which function of a device it is of
 * @config: config space
 * @function: 0 to 7; its interrupt pin, if it has one, is the one of that number, modulo 4
 * @several: there are others
 */
void vhw_config_mark(struct vhw_config *config, unsigned int function, bool several)
{
	put(config->bytes, PCI_HEADER_TYPE, 1,
	    PCI_HEADER_TYPE_NORMAL | (several ? HEADER_SEVERAL : 0));
	if (get(config->bytes, PCI_INTERRUPT_PIN, 1))
		put(config->bytes, PCI_INTERRUPT_PIN, 1, 1 + function % 4);
}

static bool claim(unsigned long *used, unsigned int offset, unsigned int length)
{
	if (offset < PCI_STD_HEADER_SIZEOF || offset + length > PCI_CFG_SPACE_SIZE ||
	    find_next_bit(used, offset + length, offset) < offset + length)
		return false;
	bitmap_set(used, offset, length);
	return true;
}

static bool bars_fit(const struct vhw_model *model)
{
	unsigned int i;

	for (i = 0; i < VHW_BARS; i++) {
		const struct vhw_bar *bar = &model->bar[i];

		if (bar->size && (bar->size < 16 || bar->size > VHW_BAR_MAX ||
				  !is_power_of_2(bar->size)))
			return false;
		if (bar->size && (bar->flags & VHW_BAR_64) &&
		    (i == VHW_BARS - 1 || model->bar[i + 1].size))
			return false;
	}
	return true;
}

static bool capabilities_fit(const struct vhw_model *model)
{
	DECLARE_BITMAP(used, PCI_CFG_SPACE_SIZE) = {};
	const struct vhw_config_register *reg;
	const struct vhw_capability *cap;

	for (reg = model->registers; reg && reg->size; reg++)
		if (!claim(used, reg->offset, reg->size))
			return false;
	for (cap = model->caps; cap && cap->id; cap++)
		if (!extended(cap) && (cap->length < 2 || cap->offset % 4 ||
				       !claim(used, cap->offset, cap->length)))
			return false;
	if (model->msi_vectors &&
	    (model->msi_offset % 4 || !claim(used, model->msi_offset, MSI_LENGTH)))
		return false;
	return !model->msix_vectors ||
	       (model->msix_offset % 4 == 0 && claim(used, model->msix_offset, MSIX_LENGTH));
}

/* They follow each other without overlap if each lies behind the one before */
static bool extended_fit(const struct vhw_model *model)
{
	unsigned int end = PCI_CFG_SPACE_SIZE;
	const struct vhw_capability *cap;

	for (cap = model->caps; cap && cap->id; cap++) {
		if (!extended(cap))
			continue;
		if (!find_capability(model, PCI_CAP_ID_EXP) || cap->length < 4 ||
		    cap->offset % 4 || cap->offset < end || cap->version > 15 ||
		    (end == PCI_CFG_SPACE_SIZE && cap->offset != end) ||
		    cap->offset + cap->length > PCI_CFG_SPACE_EXP_SIZE)
			return false;
		end = cap->offset + cap->length;
	}
	return true;
}

static bool msix_fits(const struct vhw_model *model)
{
	u32 table = 16 * model->msix_vectors, pba = DIV_ROUND_UP(model->msix_vectors, 64) * 8;
	u32 low = min(model->msix_table, model->msix_pba), size;

	if (!model->msix_vectors)
		return true;
	if (model->msix_bar >= VHW_BARS || (model->msix_table | model->msix_pba) % 8)
		return false;
	size = model->bar[model->msix_bar].size;
	if (model->msix_table >= size || size - model->msix_table < table ||
	    model->msix_pba >= size || size - model->msix_pba < pba)
		return false;
	return low == model->msix_table ? model->msix_pba - low >= table :
					  model->msix_table - low >= pba;
}

/**
 * vhw_config_check() - can a model's config space exist?
 * @model: the model
 * @why: set to what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int vhw_config_check(const struct vhw_model *model, const char **why)
{
	*why = "a BAR is not of a power of two from 16 bytes to 1 GiB, or lacks its upper half";
	if (!bars_fit(model))
		return -EINVAL;
	*why = "capabilities and registers overlap, are not aligned or lie outside 0x40 to 0xff";
	if (!capabilities_fit(model))
		return -EINVAL;
	*why = "extended capabilities lack PCI Express, or do not lie in order from 0x100 to 0xfff";
	if (!extended_fit(model))
		return -EINVAL;
	*why = "the number of MSI vectors is not a power of two up to 32";
	if (model->msi_vectors && (model->msi_vectors > 32 || !is_power_of_2(model->msi_vectors)))
		return -EINVAL;
	*why = "there are more than 2048 MSI-X vectors";
	if (model->msix_vectors > VHW_MSIX_VECTORS_MAX)
		return -EINVAL;
	*why = "the MSI-X table and pending bits do not fit their BAR, or overlap";
	if (!msix_fits(model))
		return -EINVAL;
	*why = NULL;
	return 0;
}

/**
 * vhw_config_force() - change bits that a driver cannot
 * @config: config space
 * @where: offset
 * @size: 1, 2 or 4
 * @value: what to set
 */
void vhw_config_force(struct vhw_config *config, unsigned int where, unsigned int size, u32 value)
{
	if (where + size <= config->size)
		put(config->bytes, where, size, value);
}

/**
 * vhw_config_identity() - what a model says it is
 * @model: the model
 *
 * Return: its identity.
 */
struct vhw_identity vhw_config_identity(const struct vhw_model *model)
{
	return (struct vhw_identity) {
		.vendor = model->vendor,
		.device = model->device,
		.subvendor = model->subvendor,
		.subdevice = model->subdevice,
		.class = model->class,
		.revision = model->revision,
	};
}

/**
 * vhw_config_asleep() - is the function in D3hot, where it decodes config space only?
 * @config: config space
 * @model: whose
 *
 * Return: whether it is.
 */
bool vhw_config_asleep(const struct vhw_config *config, const struct vhw_model *model)
{
	const struct vhw_capability *pm = find_capability(model, PCI_CAP_ID_PM);

	return pm && (get(config->bytes, pm->offset + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK) ==
		     PCI_PM_CTRL_STATE_MASK;
}

/**
 * vhw_config_wakes_reset() - does the way from D3hot to D0 reset the function?
 * @config: config space
 * @model: whose
 *
 * Return: whether it does.
 */
bool vhw_config_wakes_reset(const struct vhw_config *config, const struct vhw_model *model)
{
	const struct vhw_capability *pm = find_capability(model, PCI_CAP_ID_PM);

	return pm && !(get(config->bytes, pm->offset + PCI_PM_CTRL, 2) & PCI_PM_CTRL_NO_SOFT_RESET);
}

/* The byte that a write brings to @at, 0 if it does not touch it */
static u8 written(unsigned int where, unsigned int size, u32 value, unsigned int at)
{
	return at >= where && at < where + size ? value >> (8 * (at - where)) : 0;
}

/**
 * vhw_config_resets() - does a write ask for a function level reset?
 * @config: config space
 * @model: whose
 * @where: offset
 * @size: 1, 2 or 4
 * @value: what is written
 *
 * Return: whether it does.
 */
bool vhw_config_resets(const struct vhw_config *config, const struct vhw_model *model,
		       unsigned int where, unsigned int size, u32 value)
{
	const struct vhw_capability *af = find_capability(model, PCI_CAP_ID_AF);
	const struct vhw_capability *exp = find_capability(model, PCI_CAP_ID_EXP);

	if (af && written(where, size, value, af->offset + PCI_AF_CTRL) & PCI_AF_CTRL_FLR)
		return get(config->bytes, af->offset + PCI_AF_CAP, 1) & PCI_AF_CAP_FLR;
	if (exp && written(where, size, value, exp->offset + PCI_EXP_DEVCTL + 1) &
		   PCI_EXP_DEVCTL_BCR_FLR >> 8)
		return get(config->bytes, exp->offset + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR;
	return false;
}

/**
 * vhw_config_bar() - what a memory BAR decodes now
 * @config: config space
 * @model: whose
 * @bar: index
 * @start: set to its first bus address
 *
 * Return: whether it is a memory BAR and COMMAND lets it decode.
 */
bool vhw_config_bar(const struct vhw_config *config, const struct vhw_model *model,
		    unsigned int bar, u64 *start)
{
	unsigned int where = PCI_BASE_ADDRESS_0 + 4 * bar;

	if (!model->bar[bar].size || model->bar[bar].flags & VHW_BAR_IO ||
	    !(get(config->bytes, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY))
		return false;
	*start = get(config->bytes, where, 4) & ~(model->bar[bar].size - 1);
	if (model->bar[bar].flags & VHW_BAR_64)
		*start |= (u64)get(config->bytes, where + 4, 4) << 32;
	return true;
}
