/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between an IndustryPack carrier and the modules in its slots, and the only header of the
 * carrier that a module includes. A module has four address spaces of 16-bit words, two interrupt
 * requests and a reset; it knows nothing of the PCI board around it.
 *
 * A kind of module is a kernel module with the alias "vhw-ip-NAME", which is loaded when NAME is
 * first written to a slot's attribute "module".
 */
#ifndef VHW_IP_MODULE_H
#define VHW_IP_MODULE_H

#include <linux/bits.h>
#include <linux/types.h>

#include "../../core/part.h"

struct ip_module;

/* The carrier answers ID space, from ip_model.id or what the user wrote to the slot's "id" */
enum ip_space { IP_IO, IP_ID, IP_INT, IP_MEM };

/*
 * Byte strobes: an 8-bit module knows the low lane only; the bus is big-endian, so that is the odd
 * byte
 */
#define IP_LANE_LOW	BIT(0)	/* D7..D0 */
#define IP_LANE_HIGH	BIT(1)	/* D15..D8 */

/* What a data line reads that nobody drives */
#define IP_UNDRIVEN	0xff

/**
 * struct ip_id - what identifies a module in its ID PROM
 * @manufacturer: of Format I, 8 bits
 * @manufacturer2: of Format II, 24 bits
 * @model: number
 * @revision: likewise
 */
struct ip_id {
	u8 manufacturer;
	u32 manufacturer2;
	u8 model;
	u8 revision;
};

/**
 * struct ip_model - a kind of module
 * @part: its name, size, settings and faults
 * @id: its identity
 * @init: it is plugged in: set defaults, add directories with vhw_part_add_dir(). May sleep.
 *	Optional
 * @exit: it is taken out, or @init failed. May sleep. Optional
 * @power_on: the board gets power. An error refuses that; say in the log why. May sleep. Optional
 * @power_off: nothing runs any more. May sleep. Optional
 * @reset: RESET# or power on: every register to its default, both requests released. World
 * @read: a read cycle of the word at index @word of @space; @value holds undriven lanes. False: not
 *	acknowledged. World
 * @write: likewise a write cycle. World
 */
struct ip_model {
	struct vhw_part_model part;
	struct ip_id id;
	int (*init)(struct ip_module *module);
	void (*exit)(struct ip_module *module);
	int (*power_on)(struct ip_module *module);
	void (*power_off)(struct ip_module *module);
	void (*reset)(struct ip_module *module);
	bool (*read)(struct ip_module *module, enum ip_space space, u32 word, u8 lanes, u16 *value);
	bool (*write)(struct ip_module *module, enum ip_space space, u32 word, u8 lanes, u16 value);
};

int vhw_ip_module_register(struct ip_model *model);
void vhw_ip_module_unregister(struct ip_model *model);

/**
 * struct ip_carrier - what a carrier offers. World
 * @set_irq: the module changes one of its two requests
 * @targeted: does the user want faults in this module, and in this channel of it? -1: in any
 */
struct ip_carrier {
	void (*set_irq)(struct ip_module *module, unsigned int line, bool asserted);
	bool (*targeted)(const struct ip_module *module, int channel);
};

/**
 * struct ip_module - a module in a slot
 * @part: its directories and faults
 * @model: what it does
 * @carrier: services
 * @board: the carrier, for timers and violations
 * @slot: where it sits
 * @priv: its state
 */
struct ip_module {
	struct vhw_part part;
	const struct ip_model *model;
	const struct ip_carrier *carrier;
	struct vhw_board *board;
	unsigned int slot;
	u64 priv[];
};

static inline void *ip_priv(struct ip_module *module)
{
	return module->priv;
}

/* The module that an attribute of its main directory belongs to */
static inline struct ip_module *ip_module_of(struct config_item *item)
{
	return container_of(vhw_part_of(item), struct ip_module, part);
}

/* Change one of the two interrupt requests. World */
static inline void ip_set_irq(struct ip_module *module, unsigned int line, bool asserted)
{
	module->carrier->set_irq(module, line, asserted);
}

/* Does this fault of the module's table strike now, in this channel (-1: in any)? World */
static inline bool ip_fault(struct ip_module *module, int channel, unsigned int fault)
{
	return module->carrier->targeted(module, channel) && vhw_part_fault(&module->part, fault);
}

#endif
