// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts by message: MSI, and MSI-X with its table in a BAR. A message is a write to memory,
 * so it needs bus mastering, goes where the driver's kernel said, and its data says which
 * interrupt it is.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>

#include "../mmio/mmio.h"
#include "core.h"
#include "trace.h"

#define MSI_ADDRESS	0xfee00000u	/* nothing of the machine's: only this file looks at it */
#define VECTOR_BITS	11		/* of an interrupt's number: vector; above it the board */
#define VECTOR_MASK	(BIT(VECTOR_BITS) - 1)

static struct irq_domain *domain;

static bool enabled(const struct vhw_board *board, unsigned int offset, u16 bit)
{
	return offset && vhw_config_read(&board->config, offset + PCI_MSI_FLAGS, 2) & bit;
}

static bool msi_on(const struct vhw_board *board)
{
	return enabled(board, board->model->msi_vectors ? board->model->msi_offset : 0,
		       PCI_MSI_FLAGS_ENABLE);
}

static bool msix_on(const struct vhw_board *board)
{
	return enabled(board, board->model->msix_vectors ? board->model->msix_offset : 0,
		       PCI_MSIX_FLAGS_ENABLE);
}

static bool msix_masked(const struct vhw_board *board, unsigned int vector)
{
	u32 control = board->msix_table[vector][PCI_MSIX_ENTRY_VECTOR_CTRL / 4];

	return control & PCI_MSIX_ENTRY_CTRL_MASKBIT ||
	       enabled(board, board->model->msix_offset, PCI_MSIX_FLAGS_MASKALL);
}

/**
 * vhw_msi_enabled() - did the driver enable messages?
 * @board: the board
 *
 * Context: world.
 * Return: whether MSI or MSI-X is on.
 */
bool vhw_msi_enabled(const struct vhw_board *board)
{
	return msi_on(board) || msix_on(board);
}
EXPORT_SYMBOL_GPL(vhw_msi_enabled);

/* How many messages there can be */
static unsigned int vectors(const struct vhw_board *board)
{
	return max_t(unsigned int, VHW_MSI_VECTORS, board->model->msix_vectors);
}

static void send(struct vhw_board *board, unsigned int vector)
{
	__set_bit(vector, board->msi_due);
	if (!vhw_timer_active(&board->irq_timer))
		vhw_timer_start(&board->irq_timer, vhw_now() + vhw_mmio_irq_delay());
}

/* How many messages the driver enabled */
static unsigned int msi_count(const struct vhw_board *board)
{
	unsigned int where = board->model->msi_offset + PCI_MSI_FLAGS;

	return 1 << ((vhw_config_read(&board->config, where, 2) & PCI_MSI_FLAGS_QSIZE) >> 4);
}

/**
 * vhw_send_msi() - send a message
 * @board: the board
 * @vector: which; taken modulo the number the driver enabled for MSI
 *
 * Nothing is sent if the driver enabled neither MSI nor MSI-X, or no bus mastering. A masked
 * MSI-X vector is kept pending.
 *
 * Context: world.
 */
void vhw_send_msi(struct vhw_board *board, unsigned int vector)
{
	vhw_assert_world();
	if (board->state != VHW_LIVE ||
	    !(vhw_config_read(&board->config, PCI_COMMAND, 2) & PCI_COMMAND_MASTER))
		return;
	if (msix_on(board)) {
		if (vector >= board->model->msix_vectors)
			return;
		if (msix_masked(board, vector))
			__set_bit(vector, board->msix_pending);
		else
			send(board, vector);
	} else if (msi_on(board)) {
		send(board, vector % msi_count(board));
	} else {
		return;
	}
	trace_vhw_irq(board, "message", vector, true);
}
EXPORT_SYMBOL_GPL(vhw_send_msi);

/**
 * vhw_msi_update() - a mask or enable bit may have changed: send what was pending
 * @board: the board
 */
void vhw_msi_update(struct vhw_board *board)
{
	unsigned int vector;

	vhw_assert_world();
	if (!msix_on(board))
		return;
	for_each_set_bit(vector, board->msix_pending, board->model->msix_vectors) {
		if (msix_masked(board, vector))
			continue;
		__clear_bit(vector, board->msix_pending);
		send(board, vector);
	}
}

/* Where a message goes and what it says */
static void compose(const struct vhw_board *board, unsigned int vector, u64 *address, u32 *data)
{
	const struct vhw_config *config = &board->config;
	unsigned int msi = board->model->msi_offset;

	if (msix_on(board)) {
		*address = (u64)board->msix_table[vector][1] << 32 | board->msix_table[vector][0];
		*data = board->msix_table[vector][2];
	} else {
		*address = (u64)vhw_config_read(config, msi + PCI_MSI_ADDRESS_HI, 4) << 32 |
			   vhw_config_read(config, msi + PCI_MSI_ADDRESS_LO, 4);
		*data = vhw_config_read(config, msi + PCI_MSI_DATA_64, 2) | vector;
	}
}

/**
 * vhw_msi_take() - the next message on its way
 * @board: the board
 * @hwirq: set to the interrupt it means
 *
 * Return: whether there was one.
 */
bool vhw_msi_take(struct vhw_board *board, unsigned long *hwirq)
{
	unsigned int vector;
	u64 address;
	u32 data;

	vhw_assert_world();
	for_each_set_bit(vector, board->msi_due, vectors(board)) {
		__clear_bit(vector, board->msi_due);
		if (!vhw_msi_enabled(board))
			continue;
		compose(board, vector, &address, &data);
		if (address != MSI_ADDRESS || data > VECTOR_MASK) {
			vhw_violation(board, "message %u goes to %#llx and says %#x: no interrupt",
				      vector, address, data);
			continue;
		}
		*hwirq = board->index << VECTOR_BITS | data;
		return true;
	}
	return false;
}

/**
 * vhw_msi_handle() - call the handler of a message
 * @hwirq: which
 *
 * Context: hard interrupt, outside the world's lock.
 */
void vhw_msi_handle(unsigned long hwirq)
{
	generic_handle_domain_irq(domain, hwirq);
}

/**
 * vhw_msi_create() - make room for a board's messages
 * @board: the board
 *
 * Return: 0 or -ENOMEM, after which vhw_msi_free() is due all the same.
 */
int vhw_msi_create(struct vhw_board *board)
{
	unsigned int count = board->model->msix_vectors;

	board->msi_due = bitmap_zalloc(vectors(board), GFP_KERNEL);
	if (!board->msi_due)
		return -ENOMEM;
	if (!count)
		return 0;
	/* the pending bits are read in whole groups of 64 */
	board->msix_pending = bitmap_zalloc(round_up(count, 64), GFP_KERNEL);
	board->msix_table = kvcalloc(count, sizeof(*board->msix_table), GFP_KERNEL);
	return board->msix_pending && board->msix_table ? 0 : -ENOMEM;
}

/**
 * vhw_msi_free() - undo vhw_msi_create()
 * @board: the board
 */
void vhw_msi_free(struct vhw_board *board)
{
	bitmap_free(board->msi_due);
	bitmap_free(board->msix_pending);
	kvfree(board->msix_table);
}

/**
 * vhw_msi_reset() - power-on state
 * @board: the board
 */
void vhw_msi_reset(struct vhw_board *board)
{
	unsigned int i;

	vhw_assert_world();
	bitmap_zero(board->msi_due, vectors(board));
	if (!board->model->msix_vectors)
		return;
	bitmap_zero(board->msix_pending, board->model->msix_vectors);
	for (i = 0; i < board->model->msix_vectors; i++) {
		memset(board->msix_table[i], 0, sizeof(board->msix_table[i]));
		board->msix_table[i][PCI_MSIX_ENTRY_VECTOR_CTRL / 4] = PCI_MSIX_ENTRY_CTRL_MASKBIT;
	}
}

/* Is it the MSI-X table (@entry gets its dword) or the pending bits (@entry is NULL)? */
static bool msix_claims(struct vhw_board *board, unsigned int bar, u32 offset, u32 **entry,
			u32 *pending)
{
	const struct vhw_model *model = board->model;
	u32 at = offset - model->msix_table;

	if (!model->msix_vectors || bar != model->msix_bar)
		return false;
	*entry = NULL;
	if (offset >= model->msix_table && at < 16 * model->msix_vectors) {
		*entry = &board->msix_table[at / 16][at / 4 % 4];
		return true;
	}
	at = offset - model->msix_pba;
	*pending = at;
	return offset >= model->msix_pba && at < DIV_ROUND_UP(model->msix_vectors, 64) * 8;
}

/**
 * vhw_msix_read() - a register read that may be of the MSI-X structures
 * @board: the board
 * @bar: BAR
 * @offset: offset in it
 * @size: 1, 2 or 4; the structures answer aligned accesses of 4 only, and all-ones to others
 * @value: set to what is read
 *
 * Return: whether it was.
 */
bool vhw_msix_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		   u32 *value)
{
	u32 *entry, at = 0;

	if (!msix_claims(board, bar, offset, &entry, &at))
		return false;
	*value = ~0u;
	if (size != 4 || offset % 4)
		vhw_violation(board, "MSI-X read of %u bytes at %#x: aligned 4 only", size, offset);
	else if (entry)
		*value = *entry;
	else
		*value = board->msix_pending[at / sizeof(long)] >> (8 * (at % sizeof(long)));
	return true;
}

/**
 * vhw_msix_write() - a register write that may be of the MSI-X structures
 * @board: the board
 * @bar: BAR
 * @offset: offset in it
 * @size: 1, 2 or 4; the structures accept aligned accesses of 4 only
 * @value: what to write
 *
 * Return: whether it was.
 */
bool vhw_msix_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		    u32 value)
{
	u32 *entry, at = 0;

	if (!msix_claims(board, bar, offset, &entry, &at))
		return false;
	if (size != 4 || offset % 4 || !entry)
		vhw_violation(board, "MSI-X write of %u bytes at %#x: aligned 4 in the table only",
			      size, offset);
	else
		*entry = value;
	vhw_msi_update(board);
	return true;
}

static irq_hw_number_t first_hwirq(struct msi_desc *desc)
{
	struct pci_dev *pdev = msi_desc_to_pci_dev(desc);

	return vhw_bus_board(pdev->bus, pdev->devfn)->index << VECTOR_BITS | desc->msi_index;
}

static void compose_msg(struct irq_data *data, struct msi_msg *msg)
{
	msg->address_hi = 0;
	msg->address_lo = MSI_ADDRESS;
	msg->data = irqd_to_hwirq(data) & VECTOR_MASK;
}

static void ack(struct irq_data *data)
{
}

/* A message that came while the interrupt was disabled is sent again when it is enabled */
static int retrigger(struct irq_data *data)
{
	struct vhw_board *board;

	guard(vhw_world)();
	board = vhw_bus_indexed(irqd_to_hwirq(data) >> VECTOR_BITS);
	if (board)
		send(board, irqd_to_hwirq(data) & VECTOR_MASK);
	return 1;
}

static struct irq_chip chip = {
	.name = "vhw-msi",
	.irq_ack = ack,
	.irq_retrigger = retrigger,
	.irq_set_affinity = vhw_irq_set_affinity,
	.irq_compose_msi_msg = compose_msg,
};

static struct compat_msi receiver = {
	.chip = &chip,
	.size = VHW_BOARDS_MAX << VECTOR_BITS,
	.hwirq = first_hwirq,
};

/**
 * vhw_msi_domain() - where boards' messages arrive
 *
 * Return: the domain.
 */
struct irq_domain *vhw_msi_domain(void)
{
	return domain;
}

/**
 * vhw_msi_init() - make the receiver of messages
 *
 * Return: 0 or -ENOMEM.
 */
int vhw_msi_init(void)
{
	struct fwnode_handle *fwnode = irq_domain_alloc_named_fwnode("vhw-msi");

	if (!fwnode)
		return -ENOMEM;
	domain = compat_msi_domain(fwnode, &receiver);
	if (domain)
		return 0;
	irq_domain_free_fwnode(fwnode);
	return -ENOMEM;
}

/**
 * vhw_msi_exit() - unmake it; no board is left
 */
void vhw_msi_exit(void)
{
	struct fwnode_handle *fwnode = domain->fwnode;

	irq_domain_remove(domain);
	irq_domain_free_fwnode(fwnode);
}
