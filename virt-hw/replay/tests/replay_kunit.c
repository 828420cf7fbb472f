// SPDX-License-Identifier: GPL-2.0
/*
 * The parser of programs, also on what nobody meant to be one, and the path of a driver through
 * one.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/prandom.h>

#include "../path.c"
#include "../program.c"

static const struct vhw_model base = { .name = "replay" };

#define HEAD "vhw-replay 1\nid 1af4 6d1c 0 0 ff0000 0 1\nbar 0 10 0\n"

static const char good[] = HEAD
	"bar 2 1000 2\n"
	"msi 50 4\n"
	"cap 1 0 40 8\n"
	"cfg 44 1 3\n"
	"cfg 70 aa ff\n"
	"reg 0 0 4 2 7 1\n"
	"reg 0 4 4 0 0 1\n"
	"reg 0 8 4 3 10 2\n"
	"reg 2 ffe 2 1 55 1\n"
	"reg 6 70 1 0 0 1\n"
	"r 10 1 5\n"
	"w 11 0 9\n"
	"up 12 ffff 3e8 1\n"
	"r 13 1 6\n"
	"down 13\n"
	"w 14 4 1\n"
	"w 15 0 a\n"
	"r 16 2 10\n"
	"r 17 3 55\n"
	"end 7\n";

static struct replay_program *parse_text(const char *text, struct replay_why *why)
{
	return replay_program_parse(text, strlen(text), &base, why);
}

static void takes_what_is_right(struct kunit *test)
{
	struct replay_why why;
	struct replay_program *program = parse_text(good, &why);

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(program), "line %u: %s", why.line, why.what);
	KUNIT_EXPECT_EQ(test, program->shape.vendor, 0x1af4);
	KUNIT_EXPECT_TRUE(test, program->shape.intx);
	KUNIT_EXPECT_EQ(test, program->shape.bar[2].size, 0x1000);
	KUNIT_EXPECT_EQ(test, program->shape.msi_vectors, 4);
	KUNIT_EXPECT_EQ(test, program->caps[0].id, 1);
	KUNIT_EXPECT_EQ(test, program->caps[1].id, 0);
	KUNIT_EXPECT_EQ(test, program->config_registers[0].offset, 0x70);
	KUNIT_EXPECT_EQ(test, program->config_registers[0].reset, 0xaa);
	KUNIT_EXPECT_EQ(test, program->config_registers[1].size, 0);
	KUNIT_EXPECT_EQ(test, program->nr_regs, 5);
	KUNIT_EXPECT_EQ(test, program->nr_accesses, 7);
	KUNIT_EXPECT_EQ(test, program->nr_edges, 2);
	KUNIT_EXPECT_EQ(test, program->edges[0].after, 2);
	KUNIT_EXPECT_EQ(test, program->edges[0].anchor, 1);
	KUNIT_EXPECT_EQ(test, program->edges[0].delay, 1000);
	KUNIT_EXPECT_EQ(test, replay_program_find(program, 2, 0xffe, 2), 3);
	KUNIT_EXPECT_EQ(test, replay_program_find(program, 2, 0xffe, 1), -ENOENT);
	replay_program_put(program);
}

struct refusal {
	const char *name;
	const char *text;
	unsigned int line;
};

static const struct refusal refusals[] = {
	{ "nothing", "", 1 },
	{ "another version", "vhw-replay 2\nend 0\n", 1 },
	{ "a recording that was not compiled", "vhw-recording 1\nevents\nend\n", 1 },
	{ "no end", HEAD, 4 },
	{ "half a line", HEAD "end 0", 4 },
	{ "an empty line", HEAD "\nend 0\n", 4 },
	{ "lines behind the end", HEAD "end 0\nend 0\n", 5 },
	{ "a lost access", HEAD "reg 0 0 4 0 0 1\nr 1 0 0\nend 2\n", 6 },
	{ "an unknown word", HEAD "frobnicate 1\nend 0\n", 4 },
	{ "a long word", HEAD "registers 1\nend 0\n", 4 },
	{ "a missing number", HEAD "bar 1\nend 0\n", 4 },
	{ "too many numbers", HEAD "bar 1 2 3 4 5 6 7 8 9 a\nend 0\n", 4 },
	{ "two spaces", HEAD "bar 1  10 0\nend 0\n", 4 },
	{ "a number that is none", HEAD "bar 1 0x10 0\nend 0\n", 4 },
	{ "a number of 17 digits", HEAD "bar 1 00000000000000010 0\nend 0\n", 4 },
	{ "a seventh BAR", HEAD "bar 6 10 0\nend 0\n", 4 },
	{ "a huge BAR", HEAD "bar 1 ffffffffffffffff 0\nend 0\n", 4 },
	{ "ports of 64 bits", HEAD "bar 1 10 5\nend 0\n", 4 },
	{ "nobody's vendor", "vhw-replay 1\nid ffff 1 0 0 0 0 0\nend 0\n", 2 },
	{ "a register outside its BAR", HEAD "reg 0 d 4 0 0 1\nend 0\n", 4 },
	{ "a register far outside its BAR", HEAD "reg 0 ffffffffffffffff 4 0 0 1\nend 0\n", 4 },
	{ "a register of no BAR", HEAD "reg 1 0 4 0 0 1\nend 0\n", 4 },
	{ "a register of 8 bytes", HEAD "reg 0 0 8 0 0 1\nend 0\n", 4 },
	{ "a sixth rule", HEAD "reg 0 0 4 5 0 1\nend 0\n", 4 },
	{ "registers twice", HEAD "reg 0 0 4 0 0 1\nreg 0 0 4 0 0 1\nend 0\n", 5 },
	{ "an access to nothing", HEAD "r 1 0 0\nend 1\n", 4 },
	{ "a value that is too large", HEAD "reg 0 0 1 0 0 1\nr 1 0 100\nend 1\n", 5 },
	{ "a register after an access",
	  HEAD "reg 0 0 1 0 0 1\nr 1 0 1\nreg 0 1 1 0 0 1\nend 1\n", 6 },
	{ "a capability beyond the end", HEAD "cap 9 0 f8 10\nend 0\n", 4 },
	{ "a capability in the header", HEAD "cap 9 0 10 10\nend 0\n", 4 },
	{ "a byte beyond config space", HEAD "cfg 1000 1 1\nend 0\n", 4 },
	{ "no vectors", HEAD "msi 50 0\nend 0\n", 4 },
	{ "4096 vectors", HEAD "msix 50 1000 0 0 0\nend 0\n", 4 },
	{ "vector 2048", HEAD "up 1 800 0 0\nend 0\n", 4 },
	{ "a delay of a year", HEAD "up 1 0 6ff00000000000 0\nend 0\n", 4 },
	{ "an interrupt before all accesses", HEAD "up 1 0 0 1\nend 0\n", 4 },
};

static void describe(const struct refusal *refusal, char *text)
{
	strscpy(text, refusal->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusals, describe);

static void refuses(struct kunit *test)
{
	const struct refusal *refusal = test->param_value;
	struct replay_why why;
	struct replay_program *program = parse_text(refusal->text, &why);

	KUNIT_ASSERT_TRUE(test, IS_ERR(program));
	KUNIT_EXPECT_EQ(test, PTR_ERR(program), -EINVAL);
	KUNIT_EXPECT_EQ(test, why.line, refusal->line);
	KUNIT_EXPECT_TRUE(test, why.what && why.what[0]);
}

static void ignore(struct replay_path *path, const struct replay_divergence *divergence)
{
}

/* Drive a program at random, as a driver that has nothing to do with it would */
static void wander(struct kunit *test, const struct replay_program *program, struct rnd_state *rnd)
{
	struct replay_path path = { .report = ignore };
	unsigned int i;

	if (replay_path_init(&path, program, 1 + prandom_u32_state(rnd) % 8)) {
		KUNIT_FAIL(test, "no memory");
		return;
	}
	for (i = 0; i < 40; i++) {
		u32 bits = prandom_u32_state(rnd);
		unsigned int size = 1 << (bits % 3), bar = bits >> 8 & 1 ? 0 : 2;
		u32 offset = (bits >> 16) % 16 & ~(size - 1);

		if (bits & BIT(31))
			replay_path_read(&path, bar, offset, size);
		else
			replay_path_write(&path, bar, offset, size, bits >> 24 & 15);
		KUNIT_ASSERT_LE(test, path.first, program->nr_accesses);
		KUNIT_ASSERT_LE(test, path.head, program->nr_accesses);
	}
	replay_path_end(&path);
	KUNIT_EXPECT_EQ(test, path.behind, 0);
	replay_path_free(&path);
}

static u64 space_of(const struct replay_program *program, unsigned int bar)
{
	return bar == REPLAY_CONFIG_BAR ? REPLAY_CONFIG_SIZE : program->shape.bar[bar].size;
}

/* Nothing in a program that was taken leads anywhere else */
static bool is_sound(const struct replay_program *program)
{
	unsigned int i;

	for (i = 0; i < program->nr_regs; i++) {
		const struct replay_register *reg = &program->regs[i];

		if (reg->bar > REPLAY_CONFIG_BAR || reg->rule > REPLAY_STATUS ||
		    (u64)reg->offset + reg->size > space_of(program, reg->bar))
			return false;
	}
	for (i = 0; i < program->nr_accesses; i++) {
		const struct replay_access *access = &program->accesses[i];

		if (access->reg >= program->nr_regs ||
		    (u64)access->value >> (8 * program->regs[access->reg].size))
			return false;
	}
	for (i = 0; i < program->nr_edges; i++) {
		const struct replay_edge *edge = &program->edges[i];

		if (edge->after > program->nr_accesses || edge->anchor > edge->after ||
		    (edge->vector != REPLAY_PIN && edge->vector >= VHW_MSIX_VECTORS_MAX))
			return false;
	}
	for (i = 0; program->caps[i].id; i++)
		if (program->caps[i].offset + program->caps[i].length > REPLAY_CONFIG_SIZE)
			return false;
	return true;
}

/* Change, drop or double some bytes; what comes of it is parsed or refused, and is harmless */
static void survives_anything(struct kunit *test)
{
	static const char alphabet[] = "\n\n  0123456789abcdef rwupdownregendcapcfg\xff\t\r";
	char *text = kunit_kzalloc(test, 2 * sizeof(good), GFP_KERNEL);
	unsigned int round, accepted = 0;
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, text);
	prandom_seed_state(&rnd, 20260728);
	for (round = 0; round < 20000; round++) {
		unsigned int changes = 1 + prandom_u32_state(&rnd) % 4;
		size_t length = sizeof(good) - 1;
		struct replay_program *program;
		struct replay_why why;

		memcpy(text, good, length);
		while (changes--) {
			size_t at = 13 + prandom_u32_state(&rnd) % (length - 13);
			char c = alphabet[prandom_u32_state(&rnd) % (sizeof(alphabet) - 1)];

			switch (prandom_u32_state(&rnd) % 4) {
			case 0:
				text[at] = c;
				break;
			case 1:
				memmove(text + at, text + at + 1, --length - at);
				break;
			case 2:
				memmove(text + at + 1, text + at, length++ - at);
				break;
			default:
				length = prandom_u32_state(&rnd) % 20 ? length : at;
			}
			if (length < 20)
				break;
		}
		program = replay_program_parse(text, length, &base, &why);
		if (IS_ERR(program)) {
			KUNIT_ASSERT_EQ(test, PTR_ERR(program), -EINVAL);
			KUNIT_ASSERT_NOT_NULL(test, why.what);
			continue;
		}
		accepted++;
		KUNIT_ASSERT_TRUE(test, is_sound(program));
		wander(test, program, &rnd);
		replay_program_put(program);
	}
	/* else the mutations are too wild to get anywhere */
	KUNIT_EXPECT_GT(test, accepted, 100);
}

/**
 * struct walk - a path and what it reported last
 * @path: the path
 * @last: the report
 */
struct walk {
	struct replay_path path;
	struct replay_divergence last;
};

static void keep(struct replay_path *path, const struct replay_divergence *divergence)
{
	container_of(path, struct walk, path)->last = *divergence;
}

static struct replay_program *begin(struct kunit *test, struct walk *walk, unsigned int window)
{
	struct replay_why why;
	struct replay_program *program = parse_text(good, &why);

	KUNIT_ASSERT_FALSE(test, IS_ERR(program));
	walk->path.report = keep;
	KUNIT_ASSERT_EQ(test, replay_path_init(&walk->path, program, window), 0);
	return program;
}

static void end(struct walk *walk, struct replay_program *program)
{
	replay_path_end(&walk->path);
	replay_path_free(&walk->path);
	replay_program_put(program);
}

static void follows_the_path(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 1);
	struct replay_path *path = &walk.path;

	KUNIT_EXPECT_EQ(test, replay_path_line(path), 0x10);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 5);
	replay_path_write(path, 0, 0, 4, 9);
	KUNIT_EXPECT_EQ(test, path->head, 2);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 6);
	replay_path_write(path, REPLAY_CONFIG_BAR, 0x70, 1, 1);
	replay_path_write(path, 0, 0, 4, 10);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 8, 4), 0x10);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 2, 0xffe, 2), 0x55);
	KUNIT_EXPECT_EQ(test, path->divergences, 0);
	KUNIT_EXPECT_EQ(test, path->made, 7);
	end(&walk, program);
	KUNIT_EXPECT_EQ(test, path->divergences, 0);
}

static void names_a_changed_write(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 64);

	replay_path_read(&walk.path, 0, 4, 4);
	replay_path_write(&walk.path, 0, 0, 4, 8);
	KUNIT_EXPECT_EQ(test, walk.path.divergences, 1);
	KUNIT_EXPECT_EQ(test, walk.last.left, REPLAY_CHANGED_WRITE);
	KUNIT_EXPECT_EQ(test, walk.last.line, 0x11);
	KUNIT_EXPECT_EQ(test, walk.last.recorded, 9);
	/* and goes on behind it */
	replay_path_write(&walk.path, 0, 0, 4, 10);
	KUNIT_EXPECT_EQ(test, walk.path.divergences, 1);
	end(&walk, program);
}

/* The value that is written comes later too; but it is the turn of another */
static void a_write_that_changes_to_a_later_one_has_changed(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 64);

	replay_path_read(&walk.path, 0, 4, 4);
	replay_path_write(&walk.path, 0, 0, 4, 10);
	KUNIT_EXPECT_EQ(test, walk.path.divergences, 1);
	KUNIT_EXPECT_EQ(test, walk.last.left, REPLAY_CHANGED_WRITE);
	KUNIT_EXPECT_EQ(test, walk.last.line, 0x11);
	KUNIT_EXPECT_EQ(test, walk.path.head, 2);
	end(&walk, program);
}

static void reports_what_was_left_out(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 64);

	replay_path_read(&walk.path, 0, 4, 4);
	replay_path_read(&walk.path, 0, 8, 4);
	KUNIT_EXPECT_EQ(test, walk.path.divergences, 0);
	end(&walk, program);
	KUNIT_EXPECT_EQ(test, walk.path.divergences, 3);
	KUNIT_EXPECT_EQ(test, walk.path.skipped, 1);
	KUNIT_EXPECT_EQ(test, walk.last.left, REPLAY_MISSING_WRITE);
	KUNIT_EXPECT_EQ(test, walk.last.line, 0x15);
}

static void to_the_letter_is_in_order(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 1);

	replay_path_read(&walk.path, 0, 8, 4);
	KUNIT_EXPECT_EQ(test, walk.path.divergences, 1);
	KUNIT_EXPECT_EQ(test, walk.last.left, REPLAY_UNEXPECTED_READ);
	KUNIT_EXPECT_EQ(test, walk.last.line, 0x10);
	end(&walk, program);
}

static void answers_by_rules(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 64);
	struct replay_path *path = &walk.path;

	/* sequence, whose last value stays */
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 5);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 6);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 6);
	/* storage */
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 0, 4), 7);
	replay_path_write(path, 0, 0, 4, 0x1234);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 0, 4), 0x1234);
	/* counter */
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 8, 4), 0x10);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 8, 4), 0x12);
	/* constant */
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 2, 0xffe, 2), 0x55);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 2, 0xffe, 2), 0x55);
	/* unknown */
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 2, 0, 2), 0);
	KUNIT_EXPECT_EQ(test, walk.last.left, REPLAY_UNKNOWN_READ);
	end(&walk, program);
}

/* What was read after an interrupt is not read before it; what is written shows that it is over */
static void reads_stop_at_the_barrier(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 64);
	struct replay_path *path = &walk.path;

	path->barrier = 2;
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 5);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 5);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 5);
	KUNIT_EXPECT_EQ(test, path->repeated, 2);
	KUNIT_EXPECT_EQ(test, path->head, 1);
	replay_path_write(path, 0, 0, 4, 9);
	/* but whoever has come to that place in its context reads on */
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 6);
	path->barrier = 3;
	replay_path_write(path, REPLAY_CONFIG_BAR, 0x70, 1, 1);
	KUNIT_EXPECT_EQ(test, path->head, 4);
	KUNIT_EXPECT_EQ(test, path->divergences, 0);
	end(&walk, program);
}

/* A read that was left out does not leave its value to the next one; another context may make it */
static void reads_follow_their_context(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 64);
	struct replay_path *path = &walk.path;

	replay_path_write(path, 0, 0, 4, 9);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 6);
	path->context = REPLAY_INTERRUPT;
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 5);
	KUNIT_EXPECT_EQ(test, path->divergences, 0);
	end(&walk, program);

	program = begin(test, &walk, 64);
	replay_path_write(path, 0, 0, 4, 9);
	path->context = REPLAY_INTERRUPT;
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 5);
	path->context = REPLAY_PROCESS;
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 6);
	end(&walk, program);
}

static const char status[] = HEAD
	"reg 0 0 4 4 0 1\n"
	"reg 0 4 4 0 0 1\n"
	"reg 0 8 4 1 1 1\n"
	"w 1 1 7\n"
	"r 2 2 1\n"
	"r 3 0 5\n"
	"r 4 1 41\n"
	"r 5 0 4\n"
	"end 5\n";

/*
 * A poll that was not recorded finds the status that is read next, and leaves it to whose it is,
 * but does not look beyond data that have not been taken yet
 */
static void a_poll_finds_the_status(struct kunit *test)
{
	struct walk walk = { .path.report = keep };
	struct replay_path *path = &walk.path;
	struct replay_program *program;
	struct replay_why why;

	program = parse_text(status, &why);
	KUNIT_ASSERT_FALSE(test, IS_ERR(program));
	KUNIT_ASSERT_EQ(test, replay_path_init(path, program, 64), 0);
	/* before the write, there is no other status than that at power on */
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 0, 4), 0);
	replay_path_write(path, 0, 4, 4, 7);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 0, 4), 5);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 0, 4), 5);
	KUNIT_EXPECT_EQ(test, path->made, 1);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 8, 4), 1);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 0, 4), 5);
	KUNIT_EXPECT_EQ(test, path->made, 3);
	/* the data are still there */
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 0, 4), 5);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 4, 4), 0x41);
	KUNIT_EXPECT_EQ(test, replay_path_read(path, 0, 0, 4), 4);
	KUNIT_EXPECT_EQ(test, path->made, 5);
	KUNIT_EXPECT_EQ(test, path->repeated, 4);
	KUNIT_EXPECT_EQ(test, path->divergences, 0);
	end(&walk, program);
}

static void knows_what_is_over(struct kunit *test)
{
	struct walk walk = {};
	struct replay_program *program = begin(test, &walk, 2);
	struct replay_path *path = &walk.path;

	KUNIT_EXPECT_TRUE(test, replay_path_is_over(path, 0));
	KUNIT_EXPECT_FALSE(test, replay_path_is_over(path, 1));
	/* the second access comes first, and the first one is left behind */
	replay_path_write(path, 0, 0, 4, 9);
	KUNIT_EXPECT_TRUE(test, replay_path_is_over(path, 2));
	KUNIT_EXPECT_FALSE(test, replay_path_is_over(path, 1));
	KUNIT_EXPECT_FALSE(test, replay_path_is_over(path, 3));
	replay_path_write(path, REPLAY_CONFIG_BAR, 0x70, 1, 1);
	KUNIT_EXPECT_TRUE(test, replay_path_is_over(path, 1));
	end(&walk, program);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(takes_what_is_right),
	KUNIT_CASE_PARAM(refuses, refusal_gen_params),
	KUNIT_CASE(survives_anything),
	KUNIT_CASE(follows_the_path),
	KUNIT_CASE(names_a_changed_write),
	KUNIT_CASE(a_write_that_changes_to_a_later_one_has_changed),
	KUNIT_CASE(reports_what_was_left_out),
	KUNIT_CASE(to_the_letter_is_in_order),
	KUNIT_CASE(answers_by_rules),
	KUNIT_CASE(reads_stop_at_the_barrier),
	KUNIT_CASE(reads_follow_their_context),
	KUNIT_CASE(a_poll_finds_the_status),
	KUNIT_CASE(knows_what_is_over),
	{}
};

static struct kunit_suite suite = {
	.name = "vhw-replay",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of recordings and of paths through them");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
