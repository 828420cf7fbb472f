// SPDX-License-Identifier: GPL-2.0
/*
 * Boards: their life from mkdir to rmdir, and the services they offer their models.
 */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/slab.h>

#include "core.h"
#include "fault.h"
#include "trace.h"

/**
 * vhw_priv() - a model's own state
 * @board: the board
 *
 * Return: struct vhw_model.priv_size bytes, zero at first.
 */
void *vhw_priv(struct vhw_board *board)
{
	return board->priv;
}
EXPORT_SYMBOL_GPL(vhw_priv);

/**
 * vhw_name() - what the user called a board
 * @board: the board
 *
 * Return: the name of its directory.
 */
const char *vhw_name(const struct vhw_board *board)
{
	return board->name;
}
EXPORT_SYMBOL_GPL(vhw_name);

/**
 * vhw_group() - a board's configfs directory
 * @board: the board
 *
 * A default group that a model adds to it must hold a reference to it (config_group_get()) until
 * its own release, if it lives in vhw_priv().
 *
 * Return: the group.
 */
struct config_group *vhw_group(struct vhw_board *board)
{
	return &board->group;
}
EXPORT_SYMBOL_GPL(vhw_group);

/**
 * vhw_board_of() - which board an attribute of a model belongs to
 * @item: first argument of the attribute's function
 *
 * Return: the board.
 */
struct vhw_board *vhw_board_of(struct config_item *item)
{
	return vhw_board_of_group(to_config_group(item));
}
EXPORT_SYMBOL_GPL(vhw_board_of);

/**
 * vhw_live() - may attributes no longer change?
 * @board: the board
 *
 * With the world's lock held, the answer is good until it is released: power_on sees what was set
 * before.
 *
 * Return: whether the board has power or is about to get it.
 */
bool vhw_live(const struct vhw_board *board)
{
	return READ_ONCE(board->state) != VHW_OFF;
}
EXPORT_SYMBOL_GPL(vhw_live);

/**
 * vhw_seed() - where a board's randomness starts
 * @board: the board
 *
 * Return: the seed.
 */
u64 vhw_seed(const struct vhw_board *board)
{
	return board->seed;
}
EXPORT_SYMBOL_GPL(vhw_seed);

/**
 * vhw_random() - deterministic pseudo-random numbers
 * @board: the board
 *
 * Context: world.
 * Return: 32 bits.
 */
u32 vhw_random(struct vhw_board *board)
{
	vhw_assert_world();
	return vhw_random_next(&board->random);
}
EXPORT_SYMBOL_GPL(vhw_random);

/**
 * vhw_fault() - ask the fault engine
 * @board: the board
 * @fault: index in struct vhw_model.faults
 *
 * Context: world.
 * Return: whether the fault strikes now.
 */
bool vhw_fault(struct vhw_board *board, unsigned int fault)
{
	return vhw_faults_strike(board->faults, fault);
}
EXPORT_SYMBOL_GPL(vhw_fault);

/**
 * vhw_violation() - a driver did what the hardware's manual forbids
 * @board: the board
 * @fmt: what
 *
 * Context: world.
 */
void vhw_violation(struct vhw_board *board, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	vhw_assert_world();
	board->violations++;
	va_start(args, fmt);
	vaf.va = &args;
	trace_vhw_violation(board, &vaf);
	va_end(args);
	if (board->complaint[0])
		return;
	va_start(args, fmt);
	vscnprintf(board->complaint, sizeof(board->complaint), fmt, args);
	va_end(args);
	irq_work_queue(&board->complain);
}
EXPORT_SYMBOL_GPL(vhw_violation);

static void complain(struct irq_work *work)
{
	struct vhw_board *board = container_of(work, struct vhw_board, complain);

	pr_warn_ratelimited("%s: the driver violates the manual: %s\n", board->name,
			    board->complaint);
	guard(vhw_world)();
	board->complaint[0] = 0;
}

/**
 * vhw_board_reset() - the reset line: config space and registers return to their power-on state
 * @board: the board
 *
 * A model may call it from read, write or a timer; what its caller does afterwards happens to a
 * board that was reset.
 *
 * Context: world.
 */
void vhw_board_reset(struct vhw_board *board)
{
	vhw_assert_world();
	vhw_config_reset(&board->config, board->model, &board->identity);
	vhw_irq_reset(board);
	vhw_msi_reset(board);
	vhw_timer_stop(&board->irq_timer);
	board->model->reset(board);
	vhw_decode_update();
}
EXPORT_SYMBOL_GPL(vhw_board_reset);

static int exchange_shapes(struct vhw_board *board, struct vhw_board *other)
{
	guard(vhw_world)();
	if (vhw_live(board))
		return -EBUSY;
	swap(board->model, other->model);
	swap(board->identity, other->identity);
	swap(board->msi_due, other->msi_due);
	swap(board->msix_pending, other->msix_pending);
	swap(board->msix_table, other->msix_table);
	return 0;
}

/**
 * vhw_board_shape() - a board becomes one of another identity, with other BARs and capabilities
 * @board: the board, without power
 * @shape: its model from now on, until it gets another or is gone: a copy of the one that was
 *	registered, with the same callbacks, attributes and faults
 *
 * For a model that learns only from its attributes what its boards look like.
 *
 * Context: may sleep.
 * Return: 0; -EBUSY when the board is live, -EINVAL when such a config space cannot exist, with a
 * line in the log; -ENOMEM.
 */
int vhw_board_shape(struct vhw_board *board, const struct vhw_model *shape)
{
	struct vhw_board *other;
	const char *why;
	int err;

	err = vhw_config_check(shape, &why);
	if (err) {
		pr_err_ratelimited("%s: %s\n", vhw_name(board), why);
		return err;
	}
	other = kzalloc(sizeof(*other), GFP_KERNEL);
	if (!other)
		return -ENOMEM;
	other->model = shape;
	other->identity = vhw_config_identity(shape);
	err = vhw_msi_create(other) ?: exchange_shapes(board, other);
	if (err == -EBUSY)
		pr_err_ratelimited("%s: it cannot become another board while it is live; write 0 to live first\n",
				   vhw_name(board));
	vhw_msi_free(other);
	kfree(other);
	return err;
}
EXPORT_SYMBOL_GPL(vhw_board_shape);

/**
 * vhw_board_model() - what is a board?
 * @board: the board
 *
 * Return: its model, or the shape it was given.
 */
const struct vhw_model *vhw_board_model(const struct vhw_board *board)
{
	return board->model;
}
EXPORT_SYMBOL_GPL(vhw_board_model);

static int prepare(struct vhw_board *board)
{
	guard(vhw_world)();
	if (board->state != VHW_OFF)
		return -EBUSY;
	board->state = VHW_STARTING;
	return 0;
}

static void power_up(struct vhw_board *board)
{
	guard(vhw_world)();
	board->violations = 0;
	board->random = board->seed;
	vhw_faults_start(board->faults, board->seed);
	vhw_parts_start(board);
	vhw_board_reset(board);
}

static void cut_power(struct vhw_board *board)
{
	guard(vhw_world)();
	board->state = VHW_GONE;
	vhw_world_drop(board);
}

/* No power: attributes may change again once the model has put away what it had for them */
static void power_down(struct vhw_board *board)
{
	if (board->model->power_off)
		board->model->power_off(board);
	guard(vhw_world)();
	board->state = VHW_OFF;
}

/**
 * vhw_board_start() - "echo 1 > live"
 * @board: the board
 *
 * Return: 0 or -errno, with a line in the log.
 */
int vhw_board_start(struct vhw_board *board)
{
	int err;

	lockdep_assert_held(&board->lock);
	err = prepare(board);
	if (err) {
		pr_err_ratelimited("%s: it is live already; write 0 first\n", vhw_name(board));
		return err;
	}
	err = board->model->power_on ? board->model->power_on(board) : 0;
	if (err) {
		cut_power(board);
		guard(vhw_world)();
		board->state = VHW_OFF;
		return err;
	}
	power_up(board);
	err = vhw_bus_plug(board);
	if (err) {
		cut_power(board);
		power_down(board);
	}
	return err;
}

/**
 * vhw_board_stop() - "echo 0 > live", "echo 1 > yank", rmdir
 * @board: the board
 * @surprise: the board is pulled out before its driver is told
 */
void vhw_board_stop(struct vhw_board *board, bool surprise)
{
	lockdep_assert_held(&board->lock);
	vhw_bus_unplug(board, surprise);
	power_down(board);
}

/**
 * vhw_board_strip() - rmdir begins: out of the bus, and out with what is plugged into the board
 * @board: the board
 */
void vhw_board_strip(struct vhw_board *board)
{
	guard(mutex)(&board->lock);
	board->leaving = true;
	if (vhw_live(board))
		vhw_board_stop(board, false);
	if (board->model->strip)
		board->model->strip(board);
}

/**
 * vhw_board_create() - mkdir
 * @model: what it is
 * @name: what the user calls it
 *
 * Return: the board, without its directory, or NULL without memory.
 */
struct vhw_board *vhw_board_create(const struct vhw_model *model, const char *name)
{
	struct vhw_board *board;

	board = kzalloc(struct_size(board, priv, DIV_ROUND_UP(model->priv_size, 8)), GFP_KERNEL);
	if (!board)
		return NULL;
	board->model = model;
	board->identity = vhw_config_identity(model);
	INIT_LIST_HEAD(&board->parts);
	board->faults = vhw_faults_create(board, &board->group, model->faults, model->nr_faults);
	board->name = kstrdup(name, GFP_KERNEL);
	if (!board->faults || !board->name || vhw_msi_create(board)) {
		vhw_msi_free(board);
		kfree(board->name);
		vhw_faults_free(board->faults);
		kfree(board);
		return NULL;
	}
	mutex_init(&board->lock);
	vhw_timer_init(&board->irq_timer, board, vhw_irq_expired);
	init_irq_work(&board->complain, complain);
	return board;
}

/**
 * vhw_board_free() - the directory and its users are gone
 * @board: the board
 */
void vhw_board_free(struct vhw_board *board)
{
	irq_work_sync(&board->complain);
	mutex_destroy(&board->lock);
	vhw_msi_free(board);
	kfree(board->name);
	vhw_faults_free(board->faults);
	kfree(board);
}
