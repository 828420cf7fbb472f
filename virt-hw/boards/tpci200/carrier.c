// SPDX-License-Identifier: GPL-2.0
/*
 * TEWS TPCI200: the PCI9030's registers with their endianness bits, the interface registers, cycles
 * on the four slots with byte lanes and timeouts, and the interrupt.
 */

#include <linux/bitfield.h>
#include <linux/swab.h>

#include "tpci200.h"

#define IP_ID_WORDS	32

/* What the serial EEPROM of the PCI9030 loads; zero elsewhere */
static const struct { u8 offset; u32 value; } lcr_defaults[] = {
	{ PCI9030_LAS0RR, 0x0fffff00 }, { PCI9030_LAS1RR, 0x0ffffc00 },
	{ PCI9030_LAS2RR, 0x0e000000 }, { PCI9030_LAS3RR, 0x0f000000 },
	{ PCI9030_LAS0BA, 0x08000001 }, { PCI9030_LAS1BA, 0x04000001 },
	{ PCI9030_LAS2BA, 0x00000001 }, { PCI9030_LAS3BA, 0x02000001 },
	{ PCI9030_LAS0BRD, 0xd44160a0 }, { PCI9030_LAS1BRD, 0x144120a2 },
	{ PCI9030_LAS2BRD, 0x144120a2 }, { PCI9030_LAS3BRD, 0x140120a2 },
	{ PCI9030_CS0BASE, 0x08000081 }, { PCI9030_CS1BASE, 0x04000201 },
	{ PCI9030_CS2BASE, 0x01000001 }, { PCI9030_CS3BASE, 0x02800001 },
	{ PCI9030_INTCSR, PCI9030_INTCSR_LINTI1_EN | PCI9030_INTCSR_PCI_EN },
	{ PCI9030_CNTRL, 0x007a4000 }, { PCI9030_GPIOC, 0x02249252 },
};

const struct vhw_fault_info tpci200_faults[TPCI200_FAULTS] = {
	[TPCI200_NO_ACK] = {
		"no-ack", "a cycle is not acknowledged: timeout, reads all-ones"
	},
	[TPCI200_TIMEOUT_STUCK] = {
		"timeout-stuck", "a timeout stays in STATUS when it is cleared"
	},
	[TPCI200_ERROR_LINE] = {
		"error-line", "the module asserts ERROR# until its slot is reset"
	},
	[TPCI200_ID_CRC] = {
		"id-crc", "a bit of the ID PROM's CRC is wrong"
	},
	[TPCI200_ID_LENGTH] = {
		"id-length", "the ID PROM's length reads 0xff"
	},
	[TPCI200_ID_LETTERS] = {
		"id-letters", "a letter of the ID PROM's signature is wrong"
	},
	[TPCI200_ENDIAN_LOST] = {
		"endian-lost", "the bridge forgets its big-endian bits at a cycle"
	},
	[TPCI200_ENDIAN_STUCK] = {
		"endian-stuck", "a write to a big-endian bit has no effect"
	},
	[TPCI200_IRQ_LOST] = {
		"irq-lost", "an interrupt request is not seen until it goes away"
	},
	[TPCI200_IRQ_STUCK] = {
		"irq-stuck", "an interrupt request stays until the slot is reset"
	},
	[TPCI200_IRQ_SPURIOUS] = {
		"irq-spurious", "INTA# is asserted with nothing in STATUS"
	},
	[TPCI200_MODULE_RESET] = {
		"module-reset", "the module loses all its registers at a cycle"
	},
};

static struct tpci200_slot *slot_of(struct ip_module *module)
{
	struct tpci200 *carrier = vhw_priv(module->board);

	return &carrier->slot[module->slot];
}

/* Does the user want faults there? A channel of -1 is any */
static bool targeted(const struct ip_module *module, int channel)
{
	const struct tpci200 *carrier = vhw_priv(module->board);

	if (carrier->target_slot >= 0 && carrier->target_slot != module->slot)
		return false;
	return carrier->target_channel < 0 || channel < 0 || carrier->target_channel == channel;
}

static bool slot_fault(const struct tpci200_slot *slot, int channel, enum tpci200_fault fault)
{
	return targeted(slot->module, channel) && vhw_fault(slot->carrier->board, fault);
}

/* Interrupts */

static bool requested(const struct tpci200_slot *slot, unsigned int line)
{
	if (slot->stuck[line])
		return true;
	if (slot->control & (TPCI200_CONTROL_INT0_EDGE << line))
		return slot->latched[line];
	return slot->request[line] && !slot->lost[line];
}

static bool error_asserted(const struct tpci200_slot *slot)
{
	return slot->error || slot->error_fault;
}

static u16 slot_status(const struct tpci200_slot *slot)
{
	unsigned int i = slot->index;
	u16 status = 0;

	if (slot->control & TPCI200_CONTROL_INT0_EN && requested(slot, 0))
		status |= TPCI200_STATUS_INT0(i);
	if (slot->control & TPCI200_CONTROL_INT1_EN && requested(slot, 1))
		status |= TPCI200_STATUS_INT1(i);
	if (error_asserted(slot))
		status |= TPCI200_STATUS_ERROR(i);
	if (slot->timeout)
		status |= TPCI200_STATUS_TIMEOUT(i);
	return status;
}

static bool slot_interrupts(const struct tpci200_slot *slot)
{
	return slot_status(slot) & TPCI200_STATUS_INT_MASK ||
	       (slot->timeout && slot->control & TPCI200_CONTROL_TIME_INT_EN) ||
	       (error_asserted(slot) && slot->control & TPCI200_CONTROL_ERR_INT_EN);
}

/* LINTi1 of the PCI9030; its polarity bit says which level is the active one */
static bool local_interrupt(const struct tpci200 *carrier)
{
	bool any = carrier->spurious;

	for (unsigned int i = 0; i < TPCI200_SLOTS; i++)
		any |= slot_interrupts(&carrier->slot[i]);
	return any != !!(carrier->lcr[PCI9030_INTCSR / 4] & PCI9030_INTCSR_LINTI1_POL);
}

/* After anything that may have changed STATUS or INTCSR */
void tpci200_update_intx(struct tpci200 *carrier)
{
	u32 intcsr = carrier->lcr[PCI9030_INTCSR / 4];
	bool active = intcsr & PCI9030_INTCSR_SOFT ||
		      (intcsr & PCI9030_INTCSR_LINTI1_EN && local_interrupt(carrier));

	vhw_set_intx(carrier->board, active && intcsr & PCI9030_INTCSR_PCI_EN);
}

/* A module changes one of its requests */
static void set_irq(struct ip_module *module, unsigned int line, bool asserted)
{
	struct tpci200_slot *slot = slot_of(module);

	if (slot->request[line] == asserted)
		return;
	slot->request[line] = asserted;
	slot->lost[line] = false;
	if (asserted) {
		slot->lost[line] = slot_fault(slot, -1, TPCI200_IRQ_LOST);
		slot->stuck[line] |= slot_fault(slot, -1, TPCI200_IRQ_STUCK);
		slot->latched[line] |= !slot->lost[line];
	}
	tpci200_update_intx(slot->carrier);
}

const struct ip_carrier tpci200_services = {
	.set_irq = set_irq,
	.targeted = targeted,
};

/* Resets */

static bool local_reset(const struct tpci200 *carrier)
{
	return carrier->lcr[PCI9030_CNTRL / 4] & PCI9030_CNTRL_SOFT_RESET;
}

static bool in_reset(const struct tpci200_slot *slot)
{
	return local_reset(slot->carrier) || slot->carrier->reset & TPCI200_RESET_SLOT(slot->index);
}

static void reset_slot(struct tpci200_slot *slot)
{
	memset(slot->stuck, 0, sizeof(slot->stuck));
	memset(slot->lost, 0, sizeof(slot->lost));
	slot->error_fault = false;
	if (slot->module)
		slot->module->model->reset(slot->module);
	memset(slot->latched, 0, sizeof(slot->latched));
}

/* Everything behind the bridge */
static void reset_local(struct tpci200 *carrier)
{
	carrier->reset = 0;
	carrier->spurious = false;
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++) {
		carrier->slot[i].control = 0;
		carrier->slot[i].timeout = false;
		reset_slot(&carrier->slot[i]);
	}
}

/* Power on, and RST# of the PCI bus */
void tpci200_reset(struct vhw_board *board)
{
	struct tpci200 *carrier = vhw_priv(board);

	memset(carrier->lcr, 0, sizeof(carrier->lcr));
	for (unsigned int i = 0; i < ARRAY_SIZE(lcr_defaults); i++)
		carrier->lcr[lcr_defaults[i].offset / 4] = lcr_defaults[i].value;
	reset_local(carrier);
	tpci200_update_intx(carrier);
}

/* Cycles of a slot */

/* Faults that strike before a cycle. False: nobody will acknowledge it */
static bool prepare_cycle(struct tpci200_slot *slot, int channel)
{
	if (slot_fault(slot, -1, TPCI200_MODULE_RESET))
		slot->module->model->reset(slot->module);
	if (slot_fault(slot, -1, TPCI200_ERROR_LINE))
		slot->error_fault = true;
	if (slot_fault(slot, -1, TPCI200_IRQ_SPURIOUS))
		slot->carrier->spurious = true;
	return !slot_fault(slot, channel, TPCI200_NO_ACK);
}

/* What a channel does not acknowledge are the eight words of I/O space it lies in */
static bool answers(struct tpci200_slot *slot, enum ip_space space, u32 word)
{
	if (!slot->module || in_reset(slot))
		return false;
	if (slot->control & TPCI200_CONTROL_CLK32 && !ip_idprom_32mhz(&slot->prom))
		return false;
	return prepare_cycle(slot, space == IP_IO ? word / 8 : -1);
}

/* A cycle that nobody acknowledges ends by timeout: the status bit is all that tells */
static void time_out(struct tpci200_slot *slot)
{
	slot->timeout = true;
}

/* What ID space shows, and what faults make of it: which bytes of the PROM they are */
static u16 id_word(struct tpci200_slot *slot, u32 word)
{
	u16 value = ip_idprom_word(&slot->prom, word);
	u32 length_at = slot->prom.wide ? 11 : 10;

	if (word < 3 && slot_fault(slot, -1, TPCI200_ID_LETTERS))
		value ^= 0x5a;
	if (word == length_at && slot_fault(slot, -1, TPCI200_ID_LENGTH))
		value |= 0xff;
	if (word == length_at + 1 && slot_fault(slot, -1, TPCI200_ID_CRC))
		value ^= 0x01;
	return value;
}

static u16 read_cycle(struct tpci200_slot *slot, enum ip_space space, u32 word, u8 lanes)
{
	struct ip_module *module = slot->module;
	u16 value = 0xffff;

	if (answers(slot, space, word)) {
		if (space == IP_ID)
			return id_word(slot, word % IP_ID_WORDS);
		if (module->model->read(module, space, word, lanes, &value))
			return value;
	}
	time_out(slot);
	return 0xffff;
}

static void write_cycle(struct tpci200_slot *slot, enum ip_space space, u32 word, u8 lanes,
			u16 value)
{
	struct ip_module *module = slot->module;

	if (answers(slot, space, word) && space != IP_ID &&
	    module->model->write(module, space, word, lanes, value))
		return;
	time_out(slot);
}

static bool big_endian(const struct tpci200 *carrier, unsigned int lcr)
{
	return carrier->lcr[lcr / 4] & PCI9030_LASBRD_BIG_ENDIAN;
}

/*
 * The byte at an address of a 16-bit space: a big-endian bridge keeps the byte order of the
 * IndustryPack bus, whose even byte is on D15..D8; a little-endian one crosses it.
 */
static u8 lane_of(u32 offset, bool big)
{
	return (offset & 1) == big ? IP_LANE_LOW : IP_LANE_HIGH;
}

static u32 read_wide(struct tpci200_slot *slot, enum ip_space space, u32 offset, unsigned int size,
		     bool big)
{
	u16 value;

	if (size == 4)
		return read_wide(slot, space, offset, 2, big) |
		       read_wide(slot, space, offset + 2, 2, big) << 16;
	if (size == 1 || offset & 1) {
		u8 lane = lane_of(offset, big);

		value = read_cycle(slot, space, offset / 2, lane);
		value = lane == IP_LANE_LOW ? value & 0xff : value >> 8;
		if (size == 1)
			return value;
		return value | read_wide(slot, space, offset + 1, 1, big) << 8;
	}
	value = read_cycle(slot, space, offset / 2, IP_LANE_LOW | IP_LANE_HIGH);
	return big ? swab16(value) : value;
}

static void write_wide(struct tpci200_slot *slot, enum ip_space space, u32 offset,
		       unsigned int size, bool big, u32 value)
{
	if (size == 4) {
		write_wide(slot, space, offset, 2, big, value & 0xffff);
		write_wide(slot, space, offset + 2, 2, big, value >> 16);
	} else if (size == 1 || offset & 1) {
		u8 lane = lane_of(offset, big);

		write_cycle(slot, space, offset / 2, lane,
			    lane == IP_LANE_LOW ? value & 0xff : value << 8);
		if (size == 2)
			write_wide(slot, space, offset + 1, 1, big, value >> 8);
	} else {
		write_cycle(slot, space, offset / 2, IP_LANE_LOW | IP_LANE_HIGH,
			    big ? swab16(value) : value);
	}
}

/* LAS3: byte k is D7..D0 of word k */
static u32 read_narrow(struct tpci200_slot *slot, u32 offset, unsigned int size)
{
	u32 value = 0;

	for (unsigned int i = 0; i < size; i++)
		value |= (read_cycle(slot, IP_MEM, offset + i, IP_LANE_LOW) & 0xff) << (8 * i);
	return value;
}

static void write_narrow(struct tpci200_slot *slot, u32 offset, unsigned int size, u32 value)
{
	for (unsigned int i = 0; i < size; i++)
		write_cycle(slot, IP_MEM, offset + i, IP_LANE_LOW, value >> (8 * i) & 0xff);
}

/* LAS1: which space of a slot @offset lies in; it becomes the offset in that space */
static enum ip_space las1_space(u32 *offset)
{
	*offset %= TPCI200_LAS1_SLOT(1);
	if (*offset < TPCI200_ID_OFFSET)
		return IP_IO;
	if (*offset < TPCI200_INT_OFFSET) {
		*offset -= TPCI200_ID_OFFSET;
		return IP_ID;
	}
	*offset -= TPCI200_INT_OFFSET;
	return IP_INT;
}

static bool prepare_las1(struct tpci200 *carrier, struct tpci200_slot *slot, unsigned int size)
{
	if (size == 4)
		vhw_violation(carrier->board, "32-bit access to a slot of 16 bits");
	if (slot->module && slot_fault(slot, -1, TPCI200_ENDIAN_LOST)) {
		carrier->lcr[PCI9030_LAS1BRD / 4] &= ~PCI9030_LASBRD_BIG_ENDIAN;
		carrier->lcr[PCI9030_LAS2BRD / 4] &= ~PCI9030_LASBRD_BIG_ENDIAN;
	}
	return big_endian(carrier, PCI9030_LAS1BRD);
}

/* Interface registers */

static u16 read_interface(struct tpci200 *carrier, u32 offset)
{
	u16 status = 0;

	switch (offset) {
	case TPCI200_CONTROL(0):
	case TPCI200_CONTROL(1):
	case TPCI200_CONTROL(2):
	case TPCI200_CONTROL(3):
		return carrier->slot[(offset - TPCI200_CONTROL(0)) / 2].control;
	case TPCI200_RESET:
		return carrier->reset;
	case TPCI200_STATUS:
		for (unsigned int i = 0; i < TPCI200_SLOTS; i++)
			status |= slot_status(&carrier->slot[i]);
		carrier->spurious = false;
		return status;
	default:
		return 0;
	}
}

static void write_control(struct tpci200_slot *slot, u16 value)
{
	slot->control = value & TPCI200_CONTROL_MASK;
	if (slot->control & TPCI200_CONTROL_CLK32 && slot->module && !ip_idprom_32mhz(&slot->prom))
		vhw_violation(slot->carrier->board,
			      "slot %u: 32 MHz for a module that stands 8 MHz only", slot->index);
}

/* A module is reset for as long as its bit stands; that it has been shows when it is released */
static void write_reset(struct tpci200 *carrier, u16 value)
{
	u16 asserted = value & TPCI200_RESET_MASK & ~carrier->reset;

	carrier->reset = value & TPCI200_RESET_MASK;
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++)
		if (asserted & TPCI200_RESET_SLOT(i))
			reset_slot(&carrier->slot[i]);
}

static bool timeout_stuck(struct tpci200_slot *slot)
{
	return slot->timeout && slot->module &&
	       slot_fault(slot, -1, TPCI200_TIMEOUT_STUCK);
}

static void write_status(struct tpci200 *carrier, u16 value)
{
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++) {
		struct tpci200_slot *slot = &carrier->slot[i];

		if (value & TPCI200_STATUS_INT0(i))
			slot->latched[0] = false;
		if (value & TPCI200_STATUS_INT1(i))
			slot->latched[1] = false;
		if (value & TPCI200_STATUS_TIMEOUT(i))
			slot->timeout = timeout_stuck(slot);
	}
}

static void write_interface(struct tpci200 *carrier, u32 offset, u16 value)
{
	switch (offset) {
	case TPCI200_CONTROL(0):
	case TPCI200_CONTROL(1):
	case TPCI200_CONTROL(2):
	case TPCI200_CONTROL(3):
		write_control(&carrier->slot[(offset - TPCI200_CONTROL(0)) / 2], value);
		break;
	case TPCI200_RESET:
		write_reset(carrier, value);
		break;
	case TPCI200_STATUS:
		write_status(carrier, value);
		break;
	}
}

/*
 * LAS0 is 16 bits wide and knows no byte strobes; a wider access becomes two, a narrower one gets
 * its byte
 */
static u32 read_las0(struct tpci200 *carrier, u32 offset, unsigned int size)
{
	bool big = big_endian(carrier, PCI9030_LAS0BRD);
	u32 value = 0;

	if (size != 2 || offset & 1)
		vhw_violation(carrier->board, "%u-bit read of 16-bit interface register 0x%02x",
			      8 * size, offset);
	for (unsigned int i = 0; i < size; i += 2) {
		u16 word = read_interface(carrier, (offset + i) & ~1u);

		value |= (u32)(big ? swab16(word) : word) << (8 * i);
	}
	return size == 1 ? value >> (8 * (offset & 1)) & 0xff : value;
}

static void write_las0(struct tpci200 *carrier, u32 offset, unsigned int size, u32 value)
{
	bool big = big_endian(carrier, PCI9030_LAS0BRD);

	if (size != 2 || offset & 1)
		vhw_violation(carrier->board, "%u-bit write of 16-bit interface register 0x%02x",
			      8 * size, offset);
	for (unsigned int i = 0; i < size; i += 2) {
		u16 word = value >> (8 * i);

		write_interface(carrier, (offset + i) & ~1u, big ? swab16(word) : word);
	}
}

/* Local configuration registers */

static u32 read_lcr(struct tpci200 *carrier, u32 offset, unsigned int size)
{
	u32 value = carrier->lcr[offset / 4];

	if (offset / 4 == PCI9030_INTCSR / 4 && local_interrupt(carrier))
		value |= PCI9030_INTCSR_LINTI1_STATUS;
	return value >> (8 * (offset % 4));
}

/* Which bits a driver of this board has a reason to change */
static u32 lcr_driver_bits(u32 offset)
{
	switch (offset) {
	case PCI9030_LAS1BRD:
	case PCI9030_LAS2BRD:
		return PCI9030_LASBRD_BIG_ENDIAN;
	case PCI9030_INTCSR:
	case PCI9030_CNTRL:
		return ~0;
	default:
		return 0;
	}
}

static void write_lcr(struct tpci200 *carrier, u32 offset, unsigned int size, u32 value)
{
	u32 mask = (size == 4 ? ~0u : (1u << (8 * size)) - 1) << (8 * (offset % 4));
	u32 *reg = &carrier->lcr[offset / 4];
	u32 new = (*reg & ~mask) | (value << (8 * (offset % 4)) & mask);
	bool was_reset = local_reset(carrier);

	offset &= ~3u;
	if (offset == PCI9030_INTCSR)
		new &= ~PCI9030_INTCSR_LINTI1_STATUS;
	if (offset > PCI9030_GPIOC)
		return;
	if ((new ^ *reg) & ~lcr_driver_bits(offset))
		vhw_violation(carrier->board,
			      "bits 0x%08x of local configuration register 0x%02x changed",
			      (new ^ *reg) & ~lcr_driver_bits(offset), offset);
	if ((new ^ *reg) & PCI9030_LASBRD_BIG_ENDIAN &&
	    lcr_driver_bits(offset) == PCI9030_LASBRD_BIG_ENDIAN &&
	    vhw_fault(carrier->board, TPCI200_ENDIAN_STUCK))
		new ^= PCI9030_LASBRD_BIG_ENDIAN;
	*reg = new;
	if (local_reset(carrier) && !was_reset)
		reset_local(carrier);
}

static struct tpci200_slot *slot_at(struct tpci200 *carrier, u32 offset, u32 slot_size)
{
	return &carrier->slot[offset / slot_size % TPCI200_SLOTS];
}

static u32 read_bar(struct tpci200 *carrier, unsigned int bar, u32 offset, unsigned int size)
{
	struct tpci200_slot *slot;
	enum ip_space space;
	bool big;

	switch (bar) {
	case TPCI200_BAR_LAS0:
		return read_las0(carrier, offset, size);
	case TPCI200_BAR_LAS1:
		slot = slot_at(carrier, offset, TPCI200_LAS1_SLOT(1));
		big = prepare_las1(carrier, slot, size);
		space = las1_space(&offset);
		return read_wide(slot, space, offset, size, big);
	case TPCI200_BAR_LAS2:
		return read_wide(slot_at(carrier, offset, TPCI200_LAS2_SLOT(1)), IP_MEM,
				 offset % TPCI200_LAS2_SLOT(1), size,
				 big_endian(carrier, PCI9030_LAS2BRD));
	case TPCI200_BAR_LAS3:
		return read_narrow(slot_at(carrier, offset, TPCI200_LAS3_SLOT(1)),
				   offset % TPCI200_LAS3_SLOT(1), size);
	default:
		return read_lcr(carrier, offset, size);
	}
}

static void write_bar(struct tpci200 *carrier, unsigned int bar, u32 offset, unsigned int size,
		      u32 value)
{
	struct tpci200_slot *slot;
	enum ip_space space;
	bool big;

	switch (bar) {
	case TPCI200_BAR_LAS0:
		write_las0(carrier, offset, size, value);
		break;
	case TPCI200_BAR_LAS1:
		slot = slot_at(carrier, offset, TPCI200_LAS1_SLOT(1));
		big = prepare_las1(carrier, slot, size);
		space = las1_space(&offset);
		write_wide(slot, space, offset, size, big, value);
		break;
	case TPCI200_BAR_LAS2:
		write_wide(slot_at(carrier, offset, TPCI200_LAS2_SLOT(1)), IP_MEM,
			   offset % TPCI200_LAS2_SLOT(1), size,
			   big_endian(carrier, PCI9030_LAS2BRD), value);
		break;
	case TPCI200_BAR_LAS3:
		write_narrow(slot_at(carrier, offset, TPCI200_LAS3_SLOT(1)),
			     offset % TPCI200_LAS3_SLOT(1), size, value);
		break;
	default:
		write_lcr(carrier, offset, size, value);
	}
}

u32 tpci200_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size)
{
	struct tpci200 *carrier = vhw_priv(board);
	u32 value = read_bar(carrier, bar, offset, size);

	tpci200_update_intx(carrier);
	return value;
}

void tpci200_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		   u32 value)
{
	struct tpci200 *carrier = vhw_priv(board);

	write_bar(carrier, bar, offset, size, value);
	tpci200_update_intx(carrier);
}
