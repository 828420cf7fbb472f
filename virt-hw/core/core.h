/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the virtual hardware's core share. Models see vhw.h only, back ends
 * ../mmio/mmio.h.
 */
#ifndef VHW_CORE_H
#define VHW_CORE_H

#include <linux/bitmap.h>
#include <linux/configfs.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "config_space.h"
#include "vhw.h"

#define VHW_BUSES		8
#define VHW_BUS_SLOTS		32
#define VHW_BUS_PLACES		(VHW_BUS_SLOTS * VHW_FUNCTIONS)
#define VHW_SLOTS		(VHW_BUSES * VHW_BUS_SLOTS)
#define VHW_PLACES		(VHW_BUSES * VHW_BUS_PLACES)
#define VHW_ANYWHERE		(-1)		/* function 0 of any slot */
#define VHW_MSI_VECTORS		32		/* what an MSI capability can have */

struct cpumask;
struct irq_data;
struct irq_domain;
struct vhw_faults;
struct vhw_mapping;

enum vhw_state {
	VHW_OFF,	/* a directory only: attributes may change */
	VHW_STARTING,	/* power_on and reset run; not yet on the bus */
	VHW_LIVE,	/* on the bus: answers whatever its config space decodes */
	VHW_GONE,	/* pulled out or going: on the bus as all-ones until the driver let go */
};

/* What the threads of an interrupt's handlers do */
enum vhw_threads {
	VHW_THREADS_DONE,
	VHW_THREADS_SLEPT,	/* one of them does, or has done since it was last asked */
	VHW_THREADS_RUN,	/* or would, if a processor were free */
};

/**
 * struct vhw_board - one board
 * @model: what it is
 * @name: what the user called it
 * @initialized: the model's init succeeded
 * @leaving: rmdir has begun, nothing is plugged in or switched on any more; protected by @lock
 * @group: its configfs directory, whose reference count is the board's
 * @faults: what can go wrong
 * @parts: what is plugged into it; protected by the world's lock
 * @lock: serialises the life cycle (live, yank, reset, suspend); taken before the PCI rescan lock
 * @seed: of vhw_random() and the faults; protected by the world's lock as is all that follows
 * @state: where it is in its life
 * @place: where it is to be: 256 times the bus's index, plus devfn, or VHW_ANYWHERE; changes with
 *	@lock held, too
 * @asking: in the list of those that are to be somewhere
 * @at: while on a bus: where it is, as @place
 * @index: while on a bus: which of all live boards it is
 * @born: the bus's count of plugged boards when it was plugged, see mapping.c
 * @pdev: what the PCI core made of it, while that exists
 * @identity: what config space says it is
 * @config: config space
 * @bar_offset: where in the window its BARs were last put, decoding or not; U64_MAX when nowhere
 * @intx: what the model drives INTA# to
 * @irq_timer: delivers INTA# and messages
 * @msi_due: messages on their way
 * @msix_table: the MSI-X table, as the driver sees it, or NULL
 * @msix_pending: messages held back by masks, or NULL
 * @random: state of vhw_random()
 * @violations: how often a driver did what the manual forbids
 * @complaint: what it did, until @complain has logged it
 * @complain: logs it outside the world, where a console may be one of our own boards
 * @priv: the model's
 */
struct vhw_board {
	const struct vhw_model *model;
	char *name;
	bool initialized;
	bool leaving;
	struct config_group group;
	struct vhw_faults *faults;
	struct list_head parts;
	struct mutex lock;	/* the life cycle */

	u64 seed;
	enum vhw_state state;
	int place;
	struct list_head asking;
	unsigned int at;
	unsigned int index;
	u64 born;
	struct pci_dev *pdev;
	struct vhw_identity identity;
	struct vhw_config config;
	u64 bar_offset[VHW_BARS];
	bool intx;
	struct vhw_timer irq_timer;
	unsigned long *msi_due;
	u32 (*msix_table)[4];
	unsigned long *msix_pending;
	u64 random;
	unsigned long violations;
	char complaint[120];
	struct irq_work complain;
	u64 priv[];
};

/* world.c */

/**
 * struct vhw_handlers - who calls the handlers of interrupts
 * @deliver: call those of a board, by its index. Hard interrupt, outside the world's lock
 * @threads: what do the threads do that a board's handlers woke? World
 */
struct vhw_handlers {
	void (*deliver)(unsigned int index);
	enum vhw_threads (*threads)(unsigned int index);
};

int vhw_world_init(const struct vhw_handlers *handlers);
void vhw_world_exit(void);
void vhw_world_drop(struct vhw_board *board);
void vhw_world_deliver(unsigned int index, bool wait);
void vhw_world_threaded(unsigned int index);
void vhw_world_delivered(unsigned int index);

/* slots.c */
extern u64 vhw_bus_base;
struct vhw_board *vhw_bus_indexed(unsigned int index);
struct vhw_board *vhw_bus_at(unsigned int place);
struct vhw_board *vhw_bus_board(const struct pci_bus *bus, unsigned int devfn);
int vhw_bus_occupy(struct vhw_board *board, unsigned int slot);
void vhw_bus_vacate(struct vhw_board *board);
void vhw_bus_mark(struct vhw_board *board);
int vhw_bus_free_slot(void);
bool vhw_bus_offset(u64 address, u64 *offset);

/* address.c: where boards are to be */
int vhw_address_parse(const char *text, unsigned int domain);
int vhw_address_ask(struct vhw_board *board, int place);
void vhw_address_drop(struct vhw_board *board);
bool vhw_address_asks(unsigned int slot);
struct vhw_board *vhw_address_board(unsigned int place);

/* Which function of its slot a board is */
static inline unsigned int vhw_function(const struct vhw_board *board)
{
	return board->place == VHW_ANYWHERE ? 0 : board->place % VHW_FUNCTIONS;
}

/* bus.c; @functions of a slot, NULL where there is none */
int vhw_bus_init(void);
void vhw_bus_exit(void);
unsigned int vhw_bus_domain(void);
int vhw_bus_plug(struct vhw_board **functions, unsigned int slot);
void vhw_bus_unplug(struct vhw_board **functions, bool surprise);

/* card.c: the functions of a slot */
int vhw_card_plug(struct vhw_board *board);
int vhw_card_unplug(struct vhw_board *board, bool surprise);
void vhw_card_reset(const struct vhw_board *board);

/* suspend.c */
int vhw_board_suspend(struct vhw_board *board);

/* access.c */
u64 vhw_bus_read(struct vhw_mapping *mapping, u64 offset, unsigned int size, void *caller);
void vhw_bus_write(struct vhw_mapping *mapping, u64 offset, unsigned int size, u64 value,
		   void *caller);
void vhw_decode_update(void);

/* config_access.c */
int vhw_config_bus_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value);
int vhw_config_bus_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value);

/* mapping.c */

/**
 * struct vhw_mapping - one ioremap()
 * @list: in mappings
 * @rcu: an access may still be looking at it
 * @offset: first byte, from the start of the window
 * @size: bytes
 * @births: boards that had been plugged when it was made
 * @caller: who made it
 */
struct vhw_mapping {
	struct list_head list;
	struct rcu_head rcu;
	u64 offset;
	u64 size;
	u64 births;
	void *caller;
};

/**
 * vhw_mapping_sees() - may an access through a mapping reach a board?
 * @mapping: the mapping, or NULL where the back end cannot tell
 * @board: the board
 *
 * Return: whether the board was there when the mapping was made.
 */
static inline bool vhw_mapping_sees(const struct vhw_mapping *mapping,
				    const struct vhw_board *board)
{
	return !mapping || board->born <= mapping->births;
}

struct vhw_mapping *vhw_mapping_open(u64 offset, u64 size, void *caller);
void vhw_mapping_close(struct vhw_mapping *mapping);
u64 vhw_mapping_birth(void);
unsigned int vhw_mapping_count(const struct vhw_board *board);
void vhw_mapping_report(const struct vhw_board *board);

/* irq.c: INTA# */
int vhw_irq_init(void);
void vhw_irq_exit(void);
int vhw_irq_map(unsigned int index);
void vhw_irq_unmap(unsigned int index);
void vhw_irq_reset(struct vhw_board *board);
void vhw_irq_update(struct vhw_board *board);
bool vhw_irq_stands(const struct vhw_board *board);
void vhw_irq_handle(unsigned int index);
int vhw_irq_set_affinity(struct irq_data *data, const struct cpumask *mask, bool force);

/* irq_threads.c: handlers of INTA# that are threads */
void vhw_irq_threads_of(unsigned int index, struct irq_data *data);
bool vhw_irq_threads_start(unsigned int index);
enum vhw_threads vhw_irq_threads(unsigned int index);

/* msi.c: messages */
int vhw_msi_init(void);
void vhw_msi_exit(void);
struct irq_domain *vhw_msi_domain(void);
int vhw_msi_create(struct vhw_board *board);
void vhw_msi_free(struct vhw_board *board);
void vhw_msi_reset(struct vhw_board *board);
void vhw_msi_update(struct vhw_board *board);
bool vhw_msi_take(struct vhw_board *board, unsigned long *hwirq);
void vhw_msi_handle(unsigned long hwirq);

/* delivery.c: from lines and messages to handlers */
extern const struct vhw_handlers vhw_delivery;
void vhw_delivery_due(struct vhw_timer *timer, u64 when);

/* May a BAR hold the MSI-X structures? */
static inline bool vhw_msix_bar(const struct vhw_board *board, unsigned int bar)
{
	return board->model->msix_vectors && board->model->msix_bar == bar;
}

bool vhw_msix_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		   u32 *value);
bool vhw_msix_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		    u32 value);

/* violation.c */
void vhw_violation_init(struct vhw_board *board);

/* life.c */
struct vhw_board *vhw_board_create(const struct vhw_model *model, const char *name);
void vhw_board_free(struct vhw_board *board);
int vhw_board_power_on(struct vhw_board *board);
void vhw_board_power_off(struct vhw_board *board);

/* faults.c */
struct vhw_faults *vhw_faults_create(struct vhw_board *board, struct config_group *holder,
				     const struct vhw_fault_info *infos, unsigned int count);
void vhw_faults_free(struct vhw_faults *faults);
void vhw_faults_start(struct vhw_faults *faults, u64 seed);
bool vhw_faults_strike(struct vhw_faults *faults, unsigned int fault);
void vhw_faults_add(struct vhw_faults *faults, struct config_group *parent);

/* part.c */
void vhw_parts_start(struct vhw_board *board);
void vhw_put_groups(struct config_group *group);

/* configfs.c */
int vhw_configfs_init(void);
void vhw_configfs_exit(void);

static inline struct vhw_board *vhw_board_of_group(struct config_group *group)
{
	return container_of(group, struct vhw_board, group);
}

#endif
