// SPDX-License-Identifier: GPL-2.0
/*
 * Parse a program. Nothing in it is trusted: it may be truncated, edited or hostile.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/pci_regs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "program.h"

#define HEADER		"vhw-replay 1"
#define FIELDS_MAX	8
#define WORD_MAX	8

/**
 * struct parser - where we are
 * @at: the next byte
 * @end: behind the last one
 * @program: what comes of it
 * @why: what is wrong
 * @word: first word of the line
 * @field: its numbers
 * @nr_fields: how many
 * @ended: the line "end" has come
 */
struct parser {
	const char *at;
	const char *end;
	struct replay_program *program;
	struct replay_why *why;
	char word[WORD_MAX];
	u64 field[FIELDS_MAX];
	unsigned int nr_fields;
	bool ended;
};

static int wrong(struct parser *parser, const char *what)
{
	parser->why->what = what;
	return -EINVAL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int parse_number(struct parser *parser, const char *end)
{
	unsigned int digits = 0;
	u64 value = 0;

	for (; parser->at < end && *parser->at != ' '; parser->at++, digits++) {
		int digit = hex_digit(*parser->at);

		if (digit < 0 || digits == 16)
			return wrong(parser, "a number is not of 1 to 16 hexadecimal digits");
		value = value << 4 | digit;
	}
	if (!digits)
		return wrong(parser, "a number is missing, or two spaces follow each other");
	if (parser->nr_fields == FIELDS_MAX)
		return wrong(parser, "there are too many numbers");
	parser->field[parser->nr_fields++] = value;
	return 0;
}

/* Split a line into its word and its numbers */
static int parse_line(struct parser *parser)
{
	const char *end = memchr(parser->at, '\n', parser->end - parser->at);
	unsigned int length = 0;
	int err;

	if (!end)
		return wrong(parser, "the line has no end: the file is truncated");
	while (parser->at < end && *parser->at != ' ') {
		if (length == WORD_MAX - 1)
			return wrong(parser, "the first word is not one of the format's");
		parser->word[length++] = *parser->at++;
	}
	parser->word[length] = '\0';
	parser->nr_fields = 0;
	while (parser->at < end) {
		parser->at++;	/* a space */
		err = parse_number(parser, end);
		if (err)
			return err;
	}
	parser->at = end + 1;
	return 0;
}

static bool size_is_good(u64 size)
{
	return size == 1 || size == 2 || size == 4;
}

/* id VENDOR DEVICE SUBVENDOR SUBDEVICE CLASS REVISION PIN */
static int take_id(struct parser *parser)
{
	struct vhw_model *shape = &parser->program->shape;
	const u64 *field = parser->field;

	if (field[0] >= 0xffff || field[1] > 0xffff || field[2] > 0xffff || field[3] > 0xffff ||
	    field[4] > 0xffffff || field[5] > 0xff || field[6] > 1)
		return wrong(parser, "a number of the identity is too large");
	shape->vendor = field[0];
	shape->device = field[1];
	shape->subvendor = field[2];
	shape->subdevice = field[3];
	shape->class = field[4];
	shape->revision = field[5];
	shape->intx = field[6];
	return 0;
}

/* bar NUMBER SIZE FLAGS */
static int take_bar(struct parser *parser)
{
	const u64 *field = parser->field;

	if (field[0] >= VHW_BARS || field[1] > VHW_BAR_MAX ||
	    field[2] & ~(u64)(VHW_BAR_IO | VHW_BAR_PREFETCH | VHW_BAR_64))
		return wrong(parser, "a BAR is not 0 to 5, above 1 GiB or of an unknown kind");
	if (field[2] & VHW_BAR_IO && field[2] != VHW_BAR_IO)
		return wrong(parser, "a BAR of I/O ports is neither prefetchable nor of 64 bits");
	parser->program->shape.bar[field[0]].size = field[1];
	parser->program->shape.bar[field[0]].flags = field[2];
	return 0;
}

/* msi OFFSET VECTORS */
static int take_msi(struct parser *parser)
{
	struct vhw_model *shape = &parser->program->shape;

	if (parser->field[0] > 0xff || !parser->field[1] || parser->field[1] > 32)
		return wrong(parser, "MSI is beyond 256 bytes, or has not 1 to 32 vectors");
	shape->msi_offset = parser->field[0];
	shape->msi_vectors = parser->field[1];
	return 0;
}

/* msix OFFSET VECTORS BAR TABLE PENDING */
static int take_msix(struct parser *parser)
{
	struct vhw_model *shape = &parser->program->shape;
	const u64 *field = parser->field;

	if (field[0] > 0xff || !field[1] || field[1] > VHW_MSIX_VECTORS_MAX ||
	    field[2] >= VHW_BARS || field[3] >= VHW_BAR_MAX || field[4] >= VHW_BAR_MAX)
		return wrong(parser, "MSI-X has more than 2048 vectors, or lies where none can be");
	shape->msix_offset = field[0];
	shape->msix_vectors = field[1];
	shape->msix_bar = field[2];
	shape->msix_table = field[3];
	shape->msix_pba = field[4];
	return 0;
}

/* cap ID VERSION OFFSET LENGTH */
static int take_cap(struct parser *parser)
{
	struct replay_program *program = parser->program;
	const u64 *field = parser->field;
	struct vhw_capability *cap;
	unsigned int i = 0;

	while (program->caps[i].id)
		i++;
	if (i == REPLAY_CAPS_MAX)
		return wrong(parser, "there are more than 64 capabilities");
	if (!field[0] || field[0] > 0xffff || field[1] > 15 || field[2] < 0x40 ||
	    field[2] >= REPLAY_CONFIG_SIZE || field[3] < 2 ||
	    field[3] > REPLAY_CONFIG_SIZE - field[2] ||
	    (field[2] < 0x100 && (field[0] > 0xff || field[3] > 0x100 - field[2])) ||
	    (field[2] >= 0x100 && field[3] < 4))
		return wrong(parser, "a capability does not fit config space");
	cap = &program->caps[i];
	cap->id = field[0];
	cap->version = field[1];
	cap->offset = field[2];
	cap->length = field[3];
	cap->bytes = program->image + field[2] + (field[2] < 0x100 ? 2 : 4);
	cap->writable = program->mask + field[2] + (field[2] < 0x100 ? 2 : 4);
	return 0;
}

/* cfg OFFSET BYTE MASK */
static int take_config(struct parser *parser)
{
	const u64 *field = parser->field;

	if (field[0] >= REPLAY_CONFIG_SIZE || field[1] > 0xff || field[2] > 0xff)
		return wrong(parser, "a byte lies outside config space, or is none");
	parser->program->image[field[0]] = field[1];
	parser->program->mask[field[0]] = field[2];
	return 0;
}

static int compare(const struct replay_register *reg, unsigned int bar, u32 offset,
		   unsigned int size)
{
	if (reg->bar != bar)
		return reg->bar < bar ? -1 : 1;
	if (reg->offset != offset)
		return reg->offset < offset ? -1 : 1;
	return (int)reg->size - (int)size;
}

/* reg BAR OFFSET SIZE RULE INITIAL STEP: in ascending order, before all accesses */
static int take_reg(struct parser *parser)
{
	struct replay_program *program = parser->program;
	struct replay_register *reg = program->regs + program->nr_regs;
	const u64 *field = parser->field;
	u64 space;

	if (program->nr_accesses)
		return wrong(parser, "a register comes after the first access");
	if (field[0] > REPLAY_CONFIG_BAR)
		return wrong(parser, "a register is in no BAR from 0 to 5");
	space = field[0] == REPLAY_CONFIG_BAR ? REPLAY_CONFIG_SIZE :
						program->shape.bar[field[0]].size;
	if (!size_is_good(field[2]) || field[1] >= space || field[2] > space - field[1])
		return wrong(parser, "a register is not of 1, 2 or 4 bytes in its BAR");
	if (field[3] > REPLAY_STATUS || field[4] > U32_MAX || field[5] > U32_MAX)
		return wrong(parser, "a rule is not 0 to 4, or its numbers have more than 32 bits");
	if (program->nr_regs && compare(reg - 1, field[0], field[1], field[2]) >= 0)
		return wrong(parser, "registers are not in ascending order");
	*reg = (struct replay_register) {
		.bar = field[0],
		.offset = field[1],
		.size = field[2],
		.rule = field[3],
		.initial = field[4],
		.step = field[5],
	};
	program->nr_regs++;
	return 0;
}

/* r LINE REGISTER VALUE, w LINE REGISTER VALUE: a register by its number, from 0 */
static int take_access(struct parser *parser)
{
	struct replay_program *program = parser->program;
	const u64 *field = parser->field;
	bool write = parser->word[0] == 'w';
	const struct replay_register *reg;

	if (field[1] >= program->nr_regs)
		return wrong(parser, "an access is to a register that was not named");
	reg = &program->regs[field[1]];
	if (field[0] > S32_MAX || field[2] >> (8 * reg->size))
		return wrong(parser, "a value or the number of a line is too large");
	if (reg->bar == REPLAY_CONFIG_BAR && !write)
		return wrong(parser, "reads of config space are no part of a replay");
	program->accesses[program->nr_accesses++] = (struct replay_access) {
		.line = field[0],
		.reg = field[1],
		.value = field[2],
		.write = write,
	};
	return 0;
}

/* up LINE VECTOR DELAY BACK, down LINE: so many accesses further back the delay began */
static int take_edge(struct parser *parser)
{
	struct replay_program *program = parser->program;
	const u64 *field = parser->field;
	bool raise = parser->word[0] == 'u';

	if (field[0] > S32_MAX)
		return wrong(parser, "the number of a line is too large");
	if (raise && field[1] != REPLAY_PIN && field[1] >= VHW_MSIX_VECTORS_MAX)
		return wrong(parser, "a message has a vector above 2047");
	/* a day, in nanoseconds */
	if (raise && field[2] > 86400 * 1000000000ULL)
		return wrong(parser, "an interrupt is more than a day late");
	if (raise && field[3] > program->nr_accesses)
		return wrong(parser, "an interrupt waits for what was before the first access");
	program->edges[program->nr_edges++] = (struct replay_edge) {
		.after = program->nr_accesses,
		.anchor = program->nr_accesses - (raise ? field[3] : 0),
		.line = field[0],
		.vector = raise ? field[1] : REPLAY_PIN,
		.delay = raise ? field[2] : 0,
		.raise = raise,
	};
	return 0;
}

/* end ACCESSES */
static int take_end(struct parser *parser)
{
	if (parser->field[0] != parser->program->nr_accesses)
		return wrong(parser, "there are more or fewer accesses than the last line says");
	parser->ended = true;
	return 0;
}

static const struct {
	char word[WORD_MAX];
	unsigned int fields;
	int (*take)(struct parser *parser);
} lines[] = {
	{ "r", 3, take_access },
	{ "w", 3, take_access },
	{ "up", 4, take_edge },
	{ "down", 1, take_edge },
	{ "reg", 6, take_reg },
	{ "cfg", 3, take_config },
	{ "cap", 4, take_cap },
	{ "id", 7, take_id },
	{ "bar", 3, take_bar },
	{ "msi", 2, take_msi },
	{ "msix", 5, take_msix },
	{ "end", 1, take_end },
};

static int take_line(struct parser *parser)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (strcmp(parser->word, lines[i].word))
			continue;
		if (parser->nr_fields != lines[i].fields)
			return wrong(parser, "such a line has more or fewer numbers");
		return lines[i].take(parser);
	}
	return wrong(parser, "the first word is not one of the format's");
}

/* How much room is needed: no line makes more than one of a thing */
static int make_room(struct parser *parser)
{
	struct replay_program *program = parser->program;
	unsigned int accesses = 0, edges = 0, regs = 0;
	const char *at = parser->at, *newline;

	while (at < parser->end) {
		if (*at == 'w' || (*at == 'r' && at + 1 < parser->end && at[1] == ' '))
			accesses++;
		else if (*at == 'r')
			regs++;
		else if (*at == 'u' || *at == 'd')
			edges++;
		newline = memchr(at, '\n', parser->end - at);
		at = newline ? newline + 1 : parser->end;
	}
	program->accesses = kvcalloc(accesses + 1, sizeof(*program->accesses), GFP_KERNEL);
	program->edges = kvcalloc(edges + 1, sizeof(*program->edges), GFP_KERNEL);
	program->regs = kvcalloc(regs + 1, sizeof(*program->regs), GFP_KERNEL);
	return program->accesses && program->edges && program->regs ? 0 : -ENOMEM;
}

static bool in_capability(const struct replay_program *program, unsigned int where)
{
	const struct vhw_model *shape = &program->shape;
	const struct vhw_capability *cap;

	for (cap = program->caps; cap->id; cap++)
		if (where >= cap->offset && where < cap->offset + cap->length)
			return true;
	if (shape->msi_vectors && where >= shape->msi_offset && where < shape->msi_offset + 14)
		return true;
	return shape->msix_vectors && where >= shape->msix_offset &&
	       where < shape->msix_offset + 12;
}

/* What is in config space outside of header and capabilities: a register for each byte of it */
static void make_config_registers(struct replay_program *program)
{
	struct vhw_config_register *reg = program->config_registers;
	unsigned int where;

	for (where = PCI_STD_HEADER_SIZEOF; where < PCI_CFG_SPACE_SIZE; where++) {
		if (in_capability(program, where) ||
		    !(program->image[where] | program->mask[where]))
			continue;
		*reg++ = (struct vhw_config_register) {
			.offset = where,
			.size = 1,
			.reset = program->image[where],
			.writable = program->mask[where],
		};
	}
}

static int parse(struct parser *parser)
{
	size_t header = strlen(HEADER);
	int err = 0;

	if (parser->end - parser->at <= header || memcmp(parser->at, HEADER, header) ||
	    parser->at[header] != '\n')
		return wrong(parser, "the first line is not \"" HEADER "\": use vhwctl");
	parser->at += header + 1;
	err = make_room(parser);
	for (parser->why->line = 2; !err && parser->at < parser->end; parser->why->line++) {
		if (parser->ended)
			return wrong(parser, "something follows the end");
		err = parse_line(parser) ?: take_line(parser);
		if (err)
			return err;
	}
	if (err)
		return err;
	if (!parser->ended)
		return wrong(parser, "the line \"end\" is missing: the file is truncated");
	parser->why->line = 0;
	make_config_registers(parser->program);
	return 0;
}

static void free_program(struct kref *refs)
{
	struct replay_program *program = container_of(refs, struct replay_program, refs);

	kvfree(program->regs);
	kvfree(program->edges);
	kvfree(program->accesses);
	kvfree(program);
}

/**
 * replay_program_put() - drop a reference
 * @program: the program, or NULL
 */
void replay_program_put(struct replay_program *program)
{
	if (program)
		kref_put(&program->refs, free_program);
}

/**
 * replay_program_parse() - parse a program
 * @text: its text
 * @length: bytes
 * @base: what a replayed board is apart from what the program says
 * @why: set to what is wrong with it
 *
 * Context: may sleep.
 * Return: the program, with a reference; -EINVAL; -ENOMEM.
 */
struct replay_program *replay_program_parse(const char *text, size_t length,
					    const struct vhw_model *base, struct replay_why *why)
{
	struct parser parser = { .at = text, .end = text + length, .why = why };
	int err;

	why->line = 1;
	why->what = "out of memory";
	parser.program = kvzalloc(sizeof(*parser.program), GFP_KERNEL);
	if (!parser.program)
		return ERR_PTR(-ENOMEM);
	kref_init(&parser.program->refs);
	parser.program->shape = *base;
	parser.program->shape.caps = parser.program->caps;
	parser.program->shape.registers = parser.program->config_registers;
	err = parse(&parser);
	if (!err)
		return parser.program;
	replay_program_put(parser.program);
	return ERR_PTR(err);
}

/**
 * replay_program_find() - which register is that?
 * @program: the program
 * @bar: BAR, or REPLAY_CONFIG_BAR
 * @offset: offset in it
 * @size: bytes
 *
 * Return: its index, or -ENOENT if the recording does not know it.
 */
int replay_program_find(const struct replay_program *program, unsigned int bar, u32 offset,
			unsigned int size)
{
	unsigned int low = 0, high = program->nr_regs;

	while (low < high) {
		unsigned int middle = (low + high) / 2;
		int order = compare(&program->regs[middle], bar, offset, size);

		if (!order)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -ENOENT;
}
