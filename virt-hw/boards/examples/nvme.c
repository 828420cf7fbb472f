// SPDX-License-Identifier: GPL-2.0
/*
 * An NVMe disk of 16 MiB in memory (NVM Express 1.2), for which every kernel has a driver: an
 * example of a board with DMA, queues in the machine's memory, and a message for each of them.
 * Its content stays while the board's directory is there. Queues are served in turn.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

#include "../../core/vhw.h"

/* BAR 0. Numbers are little-endian, and so is the processor */
#define CAP		0x00		/* 64 bits */
#define VS		0x08
#define CC		0x14
#define   CC_ENABLE		BIT(0)
#define   CC_SHUT_DOWN		(3 << 14)
#define CSTS		0x1c
#define   CSTS_READY		BIT(0)
#define   CSTS_FATAL		BIT(1)
#define   CSTS_SHUT_DOWN	(2 << 2)
#define AQA		0x24		/* sizes of the first two queues */
#define ACQ		0x30		/* and where they are, with 0x28; 64 bits each */
#define DOORBELLS	0x1000

#define PAIRS		5u		/* of queues; the first is for administration */
#define ENTRIES		128		/* of a queue, at most */
#define CAPABILITIES	((ENTRIES - 1) | BIT(16) /* contiguous */ | 20ULL << 24 | BIT_ULL(37))
#define VERSION		0x00010200	/* 1.2 */
#define PAGE		SZ_4K
#define MDTS		5		/* a command moves at most 2^5 pages */
#define SIZE		SZ_16M
#define BLOCK		512u
#define BLOCKS		(SIZE / BLOCK)
#define COMMAND_NS	5000

/* Opcodes of the first pair, and of the others */
enum { DELETE_SQ, CREATE_SQ, LOG, DELETE_CQ = 4, CREATE_CQ, IDENTIFY, FEATURES = 9, EVENT = 12 };

enum { FLUSH, WRITE_BLOCKS, READ_BLOCKS };

/* Status codes with their type above them, and "do not retry" */
enum {
	BAD_OPCODE = 0x4001, BAD_FIELD, BAD_ADDRESS = 0x4004, BAD_BLOCK = 0x4080, BAD_CQ = 0x4100,
	BAD_QUEUE, BAD_SIZE, READ_FAILED = 0x4281, NO_ANSWER = 0xffff
};

enum { READ_ERROR, WRITE_LOST };

/* A ring in the machine's memory */
struct queue {
	u64 base;
	u32 size;		/* 0 when there is no such queue */
	u32 head;
	u32 tail;
	u32 target;		/* of commands: the pair of their answers; of answers: message */
	bool interrupts;	/* there are messages */
	bool phase;		/* marks the answers of this round */
};

struct disk {
	struct vhw_board *board;
	struct vhw_timer work;
	u8 *blocks;
	u32 cc;
	u32 csts;
	u32 setup[5];			/* AQA, and where the two queues are */
	struct queue queue[2 * PAIRS];	/* by doorbell: commands, answers, commands... */
	u32 page[PAGE / 4];
};

/* And is there room for the answer? */
static bool has_command(const struct disk *disk, unsigned int pair)
{
	const struct queue *commands = &disk->queue[2 * pair];
	const struct queue *answers = &disk->queue[2 * commands->target + 1];

	return commands->size && commands->head != commands->tail && answers->size &&
	       (answers->tail + 1) % answers->size != answers->head;
}

static void look_for_work(struct disk *disk, u64 now)
{
	if (vhw_timer_active(&disk->work))
		return;
	for (unsigned int i = 0; i < PAIRS; i++)
		if (has_command(disk, i))
			vhw_timer_start(&disk->work, now + COMMAND_NS);
}

static void stop(struct disk *disk, u32 csts)
{
	vhw_timer_stop(&disk->work);
	memset(disk->queue, 0, sizeof(disk->queue));
	disk->csts = csts;
}

static void make_queue(struct queue *queue, const u32 *base, u32 last, u32 target, bool interrupts)
{
	*queue = (struct queue) {
		.base = (u64)base[1] << 32 | base[0], .size = last + 1, .target = target,
		.interrupts = interrupts, .phase = true,
	};
}

static void write_cc(struct disk *disk, u32 value)
{
	u32 changed = value ^ disk->cc, *setup = disk->setup;

	disk->cc = value;
	if (changed & CC_ENABLE)
		stop(disk, value & CC_ENABLE ? CSTS_READY : 0);
	if (changed & value & CC_ENABLE) {
		make_queue(&disk->queue[0], setup + 1, setup[0] & 0xfff, 0, false);
		make_queue(&disk->queue[1], setup + 3, setup[0] >> 16 & 0xfff, 0, true);
	}
	disk->csts &= ~CSTS_SHUT_DOWN;
	disk->csts |= value & CC_SHUT_DOWN ? CSTS_SHUT_DOWN : 0;
}

/* A submission queue's tail or a completion queue's head */
static void write_doorbell(struct disk *disk, unsigned int number, u32 value)
{
	struct queue *queue = &disk->queue[number];

	if (value >= queue->size)
		vhw_violation(disk->board, "doorbell %u rung with %u, its queue has %u entries",
			      number, value, queue->size);
	else if (number % 2)
		queue->head = value;
	else
		queue->tail = value;
	look_for_work(disk, vhw_now());
}

static u32 nvme_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size)
{
	struct disk *disk = vhw_priv(board);

	switch (offset) {
	case CAP ... CAP + 4:
		return CAPABILITIES >> 8 * offset;
	case VS:
		return VERSION;
	case CC:
		return disk->cc;
	case CSTS:
		return disk->csts;
	case AQA ... ACQ + 4:
		return disk->setup[(offset - AQA) / 4];
	}
	return 0;
}

static void nvme_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		       u32 value)
{
	struct disk *disk = vhw_priv(board);

	switch (offset) {
	case CC:
		write_cc(disk, value);
		break;
	case AQA ... ACQ + 4:
		disk->setup[(offset - AQA) / 4] = value;
		break;
	case DOORBELLS ... DOORBELLS + 8 * PAIRS - 4:
		write_doorbell(disk, (offset - DOORBELLS) / 4, value);
		break;
	}
}

/* An entry of a list of pages; the last one of a page says where more of them are */
static int next_page(struct disk *disk, u64 *list, bool last, u64 *address)
{
	int err = vhw_dma_read(disk->board, *list, address, sizeof(*address));

	if (!err && !last && *list % PAGE == PAGE - sizeof(*address)) {
		*list = *address;
		err = vhw_dma_read(disk->board, *list, address, sizeof(*address));
	}
	*list += sizeof(*address);
	return err;
}

/* To or from what a command points to: memory in a page, and in another one or in a list of them */
static u32 move(struct disk *disk, const u32 *command, void *data, size_t length, bool to_memory)
{
	u64 address = (u64)command[7] << 32 | command[6];
	u64 second = (u64)command[9] << 32 | command[8];
	size_t part = min_t(size_t, length, PAGE - address % PAGE);
	bool listed = length - part > PAGE;

	for (;;) {
		int err = to_memory ? vhw_dma_write(disk->board, address, data, part) :
				      vhw_dma_read(disk->board, address, data, part);

		data += part;
		length -= part;
		part = min_t(size_t, length, PAGE);
		if (!err && !length)
			return 0;
		address = second;
		if (!err && listed)
			err = next_page(disk, &second, length <= PAGE, &address);
		if (err)
			return BAD_ADDRESS;
	}
}

/* What is the namespace, what the controller, and which namespaces are above a number? */
static u32 identify(struct disk *disk, u32 what, u32 namespace)
{
	char *text = (char *)disk->page;

	if (what == 0 && namespace == 1) {
		for (unsigned int i = 0; i < 6; i += 2)		/* size, capacity, in use */
			disk->page[i] = BLOCKS;
		text[130] = ilog2(BLOCK);
	} else if (what == 1) {
		snprintf(text + 4, 69, "%-20.20s%-40s%-8s", vhw_name(disk->board), "Virtual NVMe",
			 "1.0");
		text[77] = MDTS;
		disk->page[20] = VERSION;
		text[512] = 0x66;		/* entries of 64 and 16 bytes */
		text[513] = 0x44;
		text[516] = 1;			/* namespaces */
		text[525] = 1;			/* has a cache, to be flushed */
	} else if (what == 2) {
		disk->page[0] = namespace < 1;
	} else if (what) {
		return BAD_FIELD;
	}
	return 0;
}

static u32 create(struct disk *disk, const u32 *command, bool answers)
{
	u32 number = command[10] & 0xffff, last = command[10] >> 16, target = command[11] >> 16;

	if (!last || last >= ENTRIES)
		return BAD_SIZE;
	if (target >= PAIRS || (!answers && !disk->queue[2 * target + 1].size))
		return BAD_CQ;
	make_queue(&disk->queue[2 * number + answers], command + 6, last, target,
		   command[11] & BIT(1));
	return 0;
}

static u32 administer(struct disk *disk, const u32 *command, u32 *result)
{
	u32 opcode = command[0] & 0xff, number = command[10] & 0xffff, status, length;

	switch (opcode) {
	case CREATE_SQ:
	case CREATE_CQ:
	case DELETE_SQ:
	case DELETE_CQ:
		if (!number || number >= PAIRS)
			return BAD_QUEUE;
		if (opcode % 4 == CREATE_SQ)
			return create(disk, command, opcode == CREATE_CQ);
		disk->queue[2 * number + (opcode == DELETE_CQ)].size = 0;
		return 0;
	case IDENTIFY:
	case LOG:			/* of a disk to which nothing ever happened */
		memset(disk->page, 0, PAGE);
		status = opcode == IDENTIFY ? identify(disk, number & 0xff, command[1]) : 0;
		length = opcode == IDENTIFY ? PAGE : 4 * (command[10] >> 16) + 4;
		return status ?: length > PAGE ? BAD_FIELD :
		       move(disk, command, disk->page, length, true);
	case FEATURES:
		*result = (PAIRS - 2) << 16 | (PAIRS - 2);
		return number == 7 ? 0 : BAD_FIELD;	/* pairs but for the first, less one */
	case EVENT:
		return NO_ANSWER;		/* nothing ever happens */
	}
	return BAD_OPCODE;
}

static u32 transfer(struct disk *disk, const u32 *command)
{
	u32 opcode = command[0] & 0xff, first = command[10], count = (command[12] & 0xffff) + 1;

	if (opcode == FLUSH)
		return 0;
	if (opcode != READ_BLOCKS && opcode != WRITE_BLOCKS)
		return BAD_OPCODE;
	if (count * BLOCK > PAGE << MDTS)
		return BAD_FIELD;
	if (command[11] || first >= BLOCKS || count > BLOCKS - first)
		return BAD_BLOCK;
	if (opcode == READ_BLOCKS && vhw_fault(disk->board, READ_ERROR))
		return READ_FAILED;
	if (opcode == WRITE_BLOCKS && vhw_fault(disk->board, WRITE_LOST))
		return 0;
	return move(disk, command, disk->blocks + first * BLOCK, count * BLOCK,
		    opcode == READ_BLOCKS);
}

static int carry_out(struct disk *disk, unsigned int pair)
{
	struct queue *commands = &disk->queue[2 * pair];
	struct queue *answers = &disk->queue[2 * commands->target + 1];
	u32 command[16], answer[4] = {}, status;
	u64 at;

	at = commands->base + commands->head * sizeof(command);
	if (vhw_dma_read(disk->board, at, command, sizeof(command)))
		return -EIO;
	commands->head = (commands->head + 1) % commands->size;
	status = pair ? transfer(disk, command) : administer(disk, command, &answer[0]);
	if (status == NO_ANSWER)
		return 0;
	answer[2] = commands->head | pair << 16;
	answer[3] = command[0] >> 16 | answers->phase << 16 | status << 17;
	at = answers->base + answers->tail * sizeof(answer);
	if (vhw_dma_write(disk->board, at, answer, sizeof(answer)))
		return -EIO;
	answers->tail = (answers->tail + 1) % answers->size;
	answers->phase ^= !answers->tail;
	if (answers->interrupts)
		vhw_send_msi(disk->board, answers->target);
	return 0;
}

/* Who points to what is no memory is answered no more before a reset */
static void work(struct vhw_timer *timer, u64 when)
{
	struct disk *disk = container_of(timer, struct disk, work);
	int err = 0;

	for (unsigned int i = 0; i < PAIRS && !err; i++)
		if (has_command(disk, i))
			err = carry_out(disk, i);
	if (err)
		stop(disk, CSTS_FATAL);
	else
		look_for_work(disk, when);
}

static void reset(struct vhw_board *board)
{
	struct disk *disk = vhw_priv(board);

	stop(disk, 0);
	disk->cc = 0;
	memset(disk->setup, 0, sizeof(disk->setup));
}

static int init(struct vhw_board *board)
{
	struct disk *disk = vhw_priv(board);

	disk->board = board;
	vhw_timer_init(&disk->work, board, work);
	disk->blocks = vzalloc(SIZE);
	return disk->blocks ? 0 : -ENOMEM;
}

static void discard(struct vhw_board *board)
{
	vfree(((struct disk *)vhw_priv(board))->blocks);
}

static const struct vhw_fault_info faults[] = {
	[READ_ERROR] = { "read-error", "a read ends with an unrecovered error" },
	[WRITE_LOST] = { "write-lost", "a write is answered, and forgotten" },
};

static const struct vhw_model nvme = {
	.name = "nvme",
	.owner = THIS_MODULE,
	.priv_size = sizeof(struct disk),
	.vendor = 0x1af4,
	.device = 0x6d1d,
	.class = 0x010802,
	.bar = { { .size = SZ_16K, .flags = VHW_BAR_64 } },
	.msix_vectors = PAIRS,
	.msix_offset = 0x40,
	.msix_table = 0x2000,
	.msix_pba = 0x3000,
	.faults = faults,
	.nr_faults = ARRAY_SIZE(faults),
	.init = init,
	.exit = discard,
	.reset = reset,
	.read = nvme_read,
	.write = nvme_write,
};
module_driver(nvme, vhw_model_register, vhw_model_unregister);

MODULE_DESCRIPTION("Virtual NVMe disk");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
