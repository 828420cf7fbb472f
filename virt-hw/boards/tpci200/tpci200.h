/* SPDX-License-Identifier: GPL-2.0 */
/* A virtual TPCI200 and its slots. Registers are in drivers/tpci200/tpci200_regs.h. */
#ifndef VHW_TPCI200_H
#define VHW_TPCI200_H

#include <linux/configfs.h>
#include <linux/mutex.h>

#include "../../../drivers/tpci200/tpci200_regs.h"
#include "../../core/vhw.h"
#include "idprom.h"
#include "ip_module.h"

#define TPCI200_CHANNELS	8	/* that faults can aim at in a slot */
#define TPCI200_LCR_WORDS	(TPCI200_LCR_SIZE / 4)

/*
 * What can go wrong on the carrier, in a slot or in what every module has, in the order of
 * tpci200_faults[]
 */
enum tpci200_fault {
	TPCI200_NO_ACK,
	TPCI200_TIMEOUT_STUCK,
	TPCI200_ERROR_LINE,
	TPCI200_ID_CRC,
	TPCI200_ID_LENGTH,
	TPCI200_ID_LETTERS,
	TPCI200_ENDIAN_LOST,
	TPCI200_ENDIAN_STUCK,
	TPCI200_IRQ_LOST,
	TPCI200_IRQ_STUCK,
	TPCI200_IRQ_SPURIOUS,
	TPCI200_MODULE_RESET,
	TPCI200_FAULTS
};

struct tpci200;

/**
 * struct tpci200_slot - a slot
 * @group: slotN in configfs
 * @carrier: whose
 * @index: N
 * @id_format: what its ID PROM is made as. Guarded by the carrier's lock, as are the next two
 * @id_custom: not so: @prom was written by the user
 * @prom: ID PROM
 * @module: what is plugged in, or NULL. Changes with the carrier's lock and the world's. The rest
 *	is the world's
 * @control: register
 * @request: the module's two interrupt requests
 * @latched: an edge came and was not acknowledged yet
 * @lost: fault: this request is not seen until it goes away
 * @stuck: fault: this request stays until the slot is reset
 * @timeout: STATUS bit
 * @error: ERROR# as set by the user
 * @error_fault: fault: ERROR# stays until the slot is reset
 */
struct tpci200_slot {
	struct config_group group;
	struct tpci200 *carrier;
	unsigned int index;

	enum ip_id_format id_format;
	bool id_custom;
	struct ip_idprom prom;
	struct ip_module *module;
	u16 control;
	bool request[2];
	bool latched[2];
	bool lost[2];
	bool stuck[2];
	bool timeout;
	bool error;
	bool error_fault;
};

/**
 * struct tpci200 - a board
 * @board: the core's
 * @lock: what is in the slots. Taken before the world's lock and those of modules
 * @powered: the slots' attributes are frozen; guarded by @lock
 * @leaving: so are they, since the board is being removed
 * @lcr: local configuration registers of the PCI9030
 * @reset: register
 * @spurious: fault: INTA# with nothing in STATUS
 * @target_slot: where faults strike; -1 for all
 * @target_channel: likewise
 * @slot: slots
 */
struct tpci200 {
	struct vhw_board *board;
	struct mutex lock;	/* slots */
	bool powered;
	bool leaving;
	u32 lcr[TPCI200_LCR_WORDS];
	u16 reset;
	bool spurious;
	int target_slot;
	int target_channel;
	struct tpci200_slot slot[TPCI200_SLOTS];
};

extern const struct vhw_fault_info tpci200_faults[TPCI200_FAULTS];
extern struct configfs_attribute *tpci200_attrs[];

/* carrier.c: registers and cycles */
extern const struct ip_carrier tpci200_services;
void tpci200_update_intx(struct tpci200 *carrier);
void tpci200_reset(struct vhw_board *board);
u32 tpci200_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size);
void tpci200_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		   u32 value);

/* config.c: configfs */
int tpci200_config_init(struct vhw_board *board);

/* slot.c: modules and power */
void tpci200_slot_make_prom(struct tpci200_slot *slot);
int tpci200_slot_plug(struct tpci200_slot *slot, const struct vhw_part_model *part);
void tpci200_slot_unplug(struct tpci200_slot *slot);
void tpci200_strip(struct vhw_board *board);
int tpci200_power_on(struct vhw_board *board);
void tpci200_power_off(struct vhw_board *board);

/* registry.c: kinds of module */
extern struct vhw_parts tpci200_modules;

#endif
