// SPDX-License-Identifier: GPL-2.0
/* INTA# to INTD#: a level that a model drives, and the interrupt controller that it reaches. */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>

#include "../mmio/mmio.h"
#include "core.h"
#include "trace.h"

static struct irq_domain *domain;	/* one interrupt a board, by its index */
static DECLARE_BITMAP(unmasked, VHW_BOARDS_MAX);	/* protected by the world's lock */

static const char * const pins[] = { "INTA#", "INTB#", "INTC#", "INTD#" };

/**
 * vhw_irq_stands() - is INTA# to be delivered?
 * @board: the board
 *
 * COMMAND can hold the line back; the interrupt controller's mask can; the model asks.
 *
 * Context: world.
 * Return: whether it is.
 */
bool vhw_irq_stands(const struct vhw_board *board)
{
	return board->state == VHW_LIVE && board->intx && test_bit(board->index, unmasked) &&
	       !(vhw_config_read(&board->config, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
}

/**
 * vhw_irq_update() - something that decides about INTA# changed
 * @board: the board
 */
void vhw_irq_update(struct vhw_board *board)
{
	vhw_assert_world();
	if (vhw_irq_stands(board) && !vhw_timer_active(&board->irq_timer))
		vhw_timer_start(&board->irq_timer, vhw_now() + vhw_mmio_irq_delay());
}

/**
 * vhw_irq_reset() - power-on state
 * @board: the board
 */
void vhw_irq_reset(struct vhw_board *board)
{
	vhw_assert_world();
	board->intx = false;
}

/**
 * vhw_set_intx() - drive INTA#
 * @board: the board
 * @asserted: the level
 *
 * Context: world.
 */
void vhw_set_intx(struct vhw_board *board, bool asserted)
{
	u8 *status = &board->config.bytes[PCI_STATUS];

	vhw_assert_world();
	if (board->intx == asserted)
		return;
	board->intx = asserted;
	*status = asserted ? *status | PCI_STATUS_INTERRUPT : *status & ~PCI_STATUS_INTERRUPT;
	trace_vhw_irq(board, pins[vhw_function(board) % ARRAY_SIZE(pins)], 0, asserted);
	vhw_irq_update(board);
}
EXPORT_SYMBOL_GPL(vhw_set_intx);

static void mask(struct irq_data *data)
{
	guard(vhw_world)();
	__clear_bit(irqd_to_hwirq(data), unmasked);
}

static void unmask(struct irq_data *data)
{
	unsigned int index = irqd_to_hwirq(data);
	struct vhw_board *board;

	guard(vhw_world)();
	__set_bit(index, unmasked);
	board = vhw_bus_indexed(index);
	if (board)
		vhw_irq_update(board);
}

/**
 * vhw_irq_set_affinity() - struct irq_chip.irq_set_affinity of lines and messages
 * @data: the interrupt
 * @mask: where it should be delivered
 * @force: not used
 *
 * The wish is kept, for who asks; delivery is where the machine's timer fires.
 *
 * Return: IRQ_SET_MASK_OK.
 */
int vhw_irq_set_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	return IRQ_SET_MASK_OK;
}

static struct irq_chip chip = {
	.name = "vhw-intx",
	.irq_set_affinity = vhw_irq_set_affinity,
	.irq_mask = mask,
	.irq_unmask = unmask,
};

static int map(struct irq_domain *d, unsigned int irq, irq_hw_number_t hwirq)
{
	irq_set_chip_and_handler(irq, &chip, handle_level_irq);
	irq_set_status_flags(irq, IRQ_LEVEL);
	vhw_irq_threads_of(hwirq, irq_get_irq_data(irq));
	return 0;
}

static void unmap(struct irq_domain *d, unsigned int irq)
{
	vhw_irq_threads_of(irqd_to_hwirq(irq_get_irq_data(irq)), NULL);
}

static const struct irq_domain_ops domain_ops = {
	.map = map,
	.unmap = unmap,
};

/**
 * vhw_irq_handle() - call the handlers of INTA#
 * @index: of which board
 *
 * Context: hard interrupt, outside the world's lock.
 */
void vhw_irq_handle(unsigned int index)
{
	generic_handle_domain_irq(domain, index);
}

/**
 * vhw_irq_map() - give a board an interrupt
 * @index: the board
 *
 * Return: its number in Linux, or -ENOSPC.
 */
int vhw_irq_map(unsigned int index)
{
	unsigned int irq = irq_create_mapping(domain, index);

	return irq ? irq : -ENOSPC;
}

/**
 * vhw_irq_unmap() - take it back
 * @index: the board
 */
void vhw_irq_unmap(unsigned int index)
{
	irq_dispose_mapping(irq_find_mapping(domain, index));
}

/**
 * vhw_irq_init() - make the interrupt controller
 *
 * Return: 0 or -ENOMEM.
 */
int vhw_irq_init(void)
{
	struct fwnode_handle *fwnode = irq_domain_alloc_named_fwnode("vhw-intx");

	if (!fwnode)
		return -ENOMEM;
	domain = irq_domain_create_linear(fwnode, VHW_BOARDS_MAX, &domain_ops, NULL);
	if (domain)
		return 0;
	irq_domain_free_fwnode(fwnode);
	return -ENOMEM;
}

/**
 * vhw_irq_exit() - unmake it; no board is left
 */
void vhw_irq_exit(void)
{
	struct fwnode_handle *fwnode = domain->fwnode;

	irq_domain_remove(domain);
	irq_domain_free_fwnode(fwnode);
}
