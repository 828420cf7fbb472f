/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual hardware: what a board model is made of.
 *
 * A model is plain C. It answers register reads and writes, runs timers and uses the services
 * below; it knows neither PCI nor how an access reached it. The core owns config space, BAR
 * decoding, interrupts, DMA, faults and life cycle.
 *
 * There is one world: one lock, one clock, one queue of events. The core holds the world's lock
 * (raw, interrupts off) around every callback marked "world", so models need no locks of their
 * own and may be wired to each other freely. Before an access reaches a model, every event due by
 * then has run: a driver that polls with interrupts off sees time pass, and events happen in the
 * order of their times, whatever the machine's timers do.
 */
#ifndef VHW_H
#define VHW_H

#include <linux/cleanup.h>
#include <linux/configfs.h>
#include <linux/timerqueue.h>
#include <linux/types.h>

struct module;
struct pci_dev;
struct vhw_board;

/*
 * A board is one PCI function. Any may be one of up to VHW_FUNCTIONS in a slot: users say so, in
 * its attribute "address", and models need not know. Each has config space, BARs, messages, power
 * state, faults and configfs directory of its own.
 */
#define VHW_BARS		6
#define VHW_BAR_MAX		0x40000000u	/* and all BARs share vhw's window_mib */
#define VHW_BOARDS_MAX		256		/* live at once, in 8 buses of 32 slots each */
#define VHW_FUNCTIONS		8		/* in a slot */
#define VHW_MSIX_VECTORS_MAX	2048

/* struct vhw_bar.flags */
#define VHW_BAR_IO		BIT(0)	/* an I/O-port BAR: sized like a real one, never assigned */
#define VHW_BAR_PREFETCH	BIT(1)
#define VHW_BAR_64		BIT(2)	/* takes the next BAR register too */

/**
 * struct vhw_bar - a base address register
 * @size: bytes, a power of two from 16 to VHW_BAR_MAX; 0 when there is none
 * @flags: VHW_BAR_*
 */
struct vhw_bar {
	u32 size;
	u32 flags;
};

/**
 * struct vhw_capability - a capability of which the core knows little more than its bytes
 * @id: PCI_CAP_ID_*, or PCI_EXT_CAP_ID_* at 0x100 and above
 * @version: of an extended capability
 * @offset: where it lies in config space, 0x40 or above; the core links the lists in table order.
 *	Extended capabilities need PCI_CAP_ID_EXP, and the first one lies at 0x100
 * @length: bytes, with the header of two bytes, or of four at 0x100 and above
 * @bytes: content behind the header, or NULL for zeros
 * @writable: mask of the bits a write changes, as @bytes, or NULL for none
 *
 * Three of them have an effect, as the specifications say. PCI_CAP_ID_AF with its FLR bit, and
 * PCI_CAP_ID_EXP with the one in Device Capabilities: the driver's kernel can reset the function.
 * PCI_CAP_ID_PM with writable bits 1:0 of PMCSR: in D3hot memory is not decoded, and the way
 * back to D0 resets the function unless the model set No_Soft_Reset.
 */
struct vhw_capability {
	u16 id;
	u8 version;
	u16 offset;
	u16 length;
	const u8 *bytes;
	const u8 *writable;
};

/**
 * struct vhw_identity - what identifies a function to its driver
 * @vendor: as in struct vhw_model, as are all; not 0xffff, which means that nobody is there
 * @device: likewise
 * @subvendor: likewise
 * @subdevice: likewise
 * @class: likewise
 * @revision: likewise
 */
struct vhw_identity {
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	u32 class;
	u8 revision;
};

/**
 * struct vhw_config_register - a device-specific register in config space, in no capability
 * @offset: 0x40 to 0xff
 * @size: 1, 2 or 4 bytes
 * @reset: value at power on
 * @writable: bits that a write changes
 */
struct vhw_config_register {
	u8 offset;
	u8 size;
	u32 reset;
	u32 writable;
};

/**
 * struct vhw_fault_info - a fault that can be switched on
 * @name: its directory below faults/ in the board's configfs directory, as in "rx-framing"
 * @help: one line for people, read back from the fault's "help" attribute
 */
struct vhw_fault_info {
	const char *name;
	const char *help;
};

/**
 * struct vhw_model - a kind of board
 * @name: the directory below /sys/kernel/config/vhw/ in which such boards are made
 * @owner: THIS_MODULE
 * @priv_size: bytes of zeroed state that the core allocates with each board, see vhw_priv()
 * @vendor: PCI identity, which the user can change, as the next five
 * @device: PCI identity
 * @subvendor: PCI identity
 * @subdevice: PCI identity
 * @class: PCI class code, 24 bits
 * @revision: PCI identity
 * @intx: has an interrupt pin: INTA#, or that of its function when it is one of several
 * @bar: base address registers
 * @caps: further capabilities, ended by an entry with id 0, or NULL
 * @registers: device-specific registers in config space, ended by an entry with size 0, or NULL
 * @msi_vectors: messages of the MSI capability (a power of two up to 32), 0 for none
 * @msi_offset: where the MSI capability lies in config space
 * @msix_vectors: entries of the MSI-X table up to VHW_MSIX_VECTORS_MAX, 0 for none
 * @msix_offset: where the MSI-X capability lies in config space
 * @msix_bar: BAR that holds table and pending bits
 * @msix_table: offset of the table in that BAR
 * @msix_pba: offset of the pending bits in that BAR
 * @faults: the faults it knows
 * @nr_faults: how many
 * @attrs: attributes of the board's configfs directory, NULL-terminated, or NULL;
 *	their functions find the board with vhw_board_of()
 * @init: mkdir. Set defaults, add default groups with configfs_add_default_group() to
 *	vhw_group(). May sleep
 * @strip: rmdir begins, the board has no power: take out what is plugged into it, and let nothing
 *	in any more. May sleep. Optional
 * @exit: the directory and all its users are gone. May sleep. Optional
 * @power_on: "echo 1 > live", before the PCI function appears: check the attributes, allocate. An
 *	error refuses the write; say in the log why. May sleep. Optional
 * @power_off: unplugged: no callback runs any more, timers are stopped. May sleep. Optional
 * @reset: power-on state of every register; called before the function appears and at each reset
 *	of its slot or of itself. World
 * @read: a register read of 1, 2 or 4 bytes that lies in @bar at @offset. An access of 8 comes as
 *	two of 4, the low one first; one to the MSI-X table or its pending bits never comes. World
 * @write: likewise a write. World
 * @config_written: config space was written, writable bits of @size bytes from @where on have
 *	changed; see vhw_config_get(). World. Optional
 */
struct vhw_model {
	const char *name;
	struct module *owner;
	size_t priv_size;
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	u32 class;
	u8 revision;
	bool intx;
	struct vhw_bar bar[VHW_BARS];
	const struct vhw_capability *caps;
	const struct vhw_config_register *registers;
	u8 msi_vectors;
	u8 msi_offset;
	u16 msix_vectors;
	u8 msix_offset;
	u8 msix_bar;
	u32 msix_table;
	u32 msix_pba;
	const struct vhw_fault_info *faults;
	unsigned int nr_faults;
	struct configfs_attribute **attrs;

	int (*init)(struct vhw_board *board);
	void (*strip)(struct vhw_board *board);
	void (*exit)(struct vhw_board *board);
	int (*power_on)(struct vhw_board *board);
	void (*power_off)(struct vhw_board *board);
	void (*reset)(struct vhw_board *board);
	u32 (*read)(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size);
	void (*write)(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		      u32 value);
	void (*config_written)(struct vhw_board *board, unsigned int where, unsigned int size);
};

int vhw_model_register(const struct vhw_model *model);
void vhw_model_unregister(const struct vhw_model *model);

void *vhw_priv(struct vhw_board *board);
const char *vhw_name(const struct vhw_board *board);
struct config_group *vhw_group(struct vhw_board *board);
struct vhw_board *vhw_board_of(struct config_item *item);
bool vhw_live(const struct vhw_board *board);
const struct vhw_board *vhw_board_of_device(const struct pci_dev *pdev);
const struct vhw_model *vhw_board_model(const struct vhw_board *board);
int vhw_board_shape(struct vhw_board *board, const struct vhw_model *shape);
u64 vhw_seed(const struct vhw_board *board);

/*
 * The world's lock, for a model's configfs functions. Callbacks marked "world" are called with it
 * held.
 */
unsigned long vhw_world_lock(void);
void vhw_world_unlock(unsigned long flags);
void vhw_assert_world(void);
DEFINE_LOCK_GUARD_0(vhw_world, _T->flags = vhw_world_lock(), vhw_world_unlock(_T->flags),
		    unsigned long flags)

/* Nanoseconds on the world's clock; in a timer's callback, the time for which it was set. World */
u64 vhw_now(void);

/**
 * struct vhw_timer - an event in the world's queue
 * @node: the core's
 * @board: whose event it is; it is dropped when that board loses power
 * @expired: called once at the time set, which is @when even if the machine was late. May start
 *	the timer again. World
 */
struct vhw_timer {
	struct timerqueue_node node;
	struct vhw_board *board;
	void (*expired)(struct vhw_timer *timer, u64 when);
};

void vhw_timer_init(struct vhw_timer *timer, struct vhw_board *board,
		    void (*expired)(struct vhw_timer *timer, u64 when));
void vhw_timer_start(struct vhw_timer *timer, u64 when);
void vhw_timer_stop(struct vhw_timer *timer);
bool vhw_timer_active(const struct vhw_timer *timer);

/*
 * The reset line, pulled by the board itself, for itself alone: config space and registers return
 * to their power-on state, @reset is called. From read, write or a timer, whose caller goes on
 * afterwards. World
 */
void vhw_board_reset(struct vhw_board *board);

/* Config space as the driver sees it; vhw_config_set() also changes what a driver cannot. World */
u32 vhw_config_get(const struct vhw_board *board, unsigned int where, unsigned int size);
void vhw_config_set(struct vhw_board *board, unsigned int where, unsigned int size, u32 value);

/* Drive INTA#, or the function's pin: a level, delivered while it stands. World */
void vhw_set_intx(struct vhw_board *board, bool asserted);

/*
 * Send a message if the driver enabled MSI or MSI-X and the vector is not masked (else it is kept
 * pending). World
 */
void vhw_send_msi(struct vhw_board *board, unsigned int vector);
bool vhw_msi_enabled(const struct vhw_board *board);

/* Bus mastering: -EIO when the driver left it off or the address is not memory. World */
int vhw_dma_read(struct vhw_board *board, u64 address, void *to, size_t length);
int vhw_dma_write(struct vhw_board *board, u64 address, const void *from, size_t length);

/* Ask the fault engine: does this fault (an index of vhw_model.faults) strike now? World */
bool vhw_fault(struct vhw_board *board, unsigned int fault);

/*
 * A driver did what the hardware's manual forbids: counted in the board's "violations", traced,
 * logged. World
 */
__printf(2, 3) void vhw_violation(struct vhw_board *board, const char *fmt, ...);

/* Deterministic pseudo-random numbers of a board, started from its seed at power on. World */
u32 vhw_random(struct vhw_board *board);

#endif
