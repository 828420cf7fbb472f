// SPDX-License-Identifier: GPL-2.0
/*
 * load [-s seconds] [-k skip] [-w window_ms] [-q] JOB...
 *
 * Keeps direct I/O going on several devices, from one thread, and says what came of it. It sleeps
 * in io_getevents(), so it also works under time-travel=inf-cpu. A JOB is
 * file:depth:size[:read|write|mix[:name]]. Counted is what completes from skip to seconds; with -w,
 * a line "window" for every job and window follows. Prints, in one line a job:
 *
 *	job NAME ops N bytes N errors N reads N writes N p50_ns N p99_ns N max_ns N
 *
 * and at the end Jain's index of fairness: "jain_ops X jain_bytes Y".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define JOBS		1024
#define NS		1000000000ull

enum mode { READ, WRITE, MIX };

struct job {
	char *name;
	int fd;
	unsigned int depth;
	unsigned int size;
	enum mode mode;
	__u64 device_size;
	__u64 seed;
	__u64 ops, errors, reads;
	__u64 *latency;
	size_t room;
	__u64 *window;
};

struct slot {
	struct iocb iocb;
	struct job *job;
	__u64 submitted;
};

static struct job jobs[JOBS];
static unsigned int nr_jobs;
static __u64 nr_windows, window_ns;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS + ts.tv_nsec;
}

static __u64 rnd(struct job *job)
{
	job->seed ^= job->seed << 13;
	job->seed ^= job->seed >> 7;
	job->seed ^= job->seed << 17;
	return job->seed;
}

static __u64 size_of(int fd)
{
	struct stat st;
	__u64 size;

	if (fstat(fd, &st))
		die("fstat");
	if (!S_ISBLK(st.st_mode))
		return st.st_size;
	if (ioctl(fd, BLKGETSIZE64, &size))
		die("BLKGETSIZE64");
	return size;
}

static void add_job(char *text)
{
	struct job *job = &jobs[nr_jobs++];
	char *file = strtok(text, ":"), *depth = strtok(NULL, ":"), *size = strtok(NULL, ":");
	char *mode = strtok(NULL, ":"), *name = strtok(NULL, ":");

	if (nr_jobs > JOBS || !size) {
		fprintf(stderr, "a job is file:depth:size[:read|write|mix[:name]]\n");
		exit(2);
	}
	job->mode = !mode || !strcmp(mode, "read") ? READ : !strcmp(mode, "write") ? WRITE : MIX;
	job->fd = open(file, (job->mode == READ ? O_RDONLY : O_RDWR) | O_DIRECT);
	if (job->fd < 0)
		die(file);
	job->depth = atoi(depth);
	job->size = atoi(size);
	job->name = name ? name : file;
	job->device_size = size_of(job->fd);
	job->seed = 88172645463325252ull + nr_jobs;
	if (job->device_size < job->size) {
		fprintf(stderr, "%s is smaller than a request\n", file);
		exit(2);
	}
}

static void submit(aio_context_t ctx, struct slot *slot)
{
	struct job *job = slot->job;
	struct iocb *iocb = &slot->iocb;
	int write = job->mode == WRITE || (job->mode == MIX && rnd(job) & 1);

	iocb->aio_lio_opcode = write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
	iocb->aio_offset = rnd(job) % (job->device_size / job->size) * job->size;
	slot->submitted = now_ns();
	if (syscall(SYS_io_submit, ctx, 1, &iocb) != 1)
		die("io_submit");
}

static void count(struct slot *slot, long long result, __u64 at, __u64 from)
{
	struct job *job = slot->job;

	if (result != job->size) {
		job->errors++;
		return;
	}
	if (job->ops == job->room) {
		job->room = job->room ? 2 * job->room : 1024;
		job->latency = realloc(job->latency, job->room * sizeof(*job->latency));
		if (!job->latency)
			die("realloc");
	}
	job->latency[job->ops++] = at - slot->submitted;
	job->reads += slot->iocb.aio_lio_opcode == IOCB_CMD_PREAD;
	if (window_ns && (at - from) / window_ns < nr_windows)
		job->window[(at - from) / window_ns]++;
}

static int by_value(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

static __u64 percentile(const struct job *job, unsigned int percent)
{
	return job->ops ? job->latency[(job->ops - 1) * percent / 100] : 0;
}

static void report(void)
{
	double ops = 0, ops2 = 0, bytes = 0, bytes2 = 0;
	unsigned int i;
	__u64 w;

	for (i = 0; i < nr_jobs; i++) {
		struct job *job = &jobs[i];
		double b = (double)job->ops * job->size;

		for (w = 0; w < nr_windows; w++)
			printf("window %s %llu %llu\n", job->name, w,
			       job->window[w]);
		if (job->ops)
			qsort(job->latency, job->ops, sizeof(*job->latency), by_value);
		printf("job %s ops %llu bytes %llu errors %llu reads %llu writes %llu ", job->name,
		       job->ops, job->ops * job->size, job->errors, job->reads,
		       job->ops - job->reads);
		printf("p50_ns %llu p99_ns %llu max_ns %llu\n", percentile(job, 50),
		       percentile(job, 99), percentile(job, 100));
		ops += job->ops;
		ops2 += (double)job->ops * job->ops;
		bytes += b;
		bytes2 += b * b;
	}
	printf("jain_ops %.4f jain_bytes %.4f\n", ops2 ? ops * ops / nr_jobs / ops2 : 0,
	       bytes2 ? bytes * bytes / nr_jobs / bytes2 : 0);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	double seconds = 1, skip = 0, window_ms = 0;
	unsigned int i, d, slots = 0;
	struct io_event events[256];
	aio_context_t ctx = 0;
	__u64 from, start, end, now;
	struct slot *slot;
	int option;

	while ((option = getopt(argc, argv, "s:k:w:")) != -1) {
		if (option == 's')
			seconds = atof(optarg);
		else if (option == 'k')
			skip = atof(optarg);
		else if (option == 'w')
			window_ms = atof(optarg);
		else
			return 2;
	}
	for (i = optind; i < (unsigned int)argc; i++)
		add_job(argv[i]);
	window_ns = window_ms * 1000000;
	nr_windows = window_ns ? (seconds - skip) * NS / window_ns + 0.5 : 0;
	for (i = 0; i < nr_jobs; i++) {
		slots += jobs[i].depth;
		jobs[i].window = calloc(nr_windows + 1, sizeof(__u64));
	}
	if (syscall(SYS_io_setup, slots + 1, &ctx))
		die("io_setup");
	slot = calloc(slots + 1, sizeof(*slot));
	/* One request of each in turn, so that none has a start on the others */
	slots = 0;
	for (d = 0; d < 4096; d++) {
		for (i = 0; i < nr_jobs; i++) {
			struct slot *s = &slot[slots];
			void *buffer;

			if (d >= jobs[i].depth)
				continue;
			if (posix_memalign(&buffer, 4096, jobs[i].size))
				die("memory");
			memset(buffer, d, jobs[i].size);
			s->job = &jobs[i];
			s->iocb.aio_data = slots++;
			s->iocb.aio_fildes = jobs[i].fd;
			s->iocb.aio_buf = (__u64)buffer;
			s->iocb.aio_nbytes = jobs[i].size;
			submit(ctx, s);
		}
	}
	/* From here on, so that it does not matter how long it took to begin */
	start = now_ns();
	from = start + skip * NS;
	end = start + seconds * NS;
	while ((now = now_ns()) < end) {
		struct timespec left = { (end - now) / NS, (end - now) % NS };
		int n = syscall(SYS_io_getevents, ctx, 1, 256, events, &left);

		if (n < 0 && errno != EINTR)
			die("io_getevents");
		now = now_ns();
		for (i = 0; n > 0 && i < (unsigned int)n; i++) {
			struct slot *s = &slot[events[i].data];

			if (now >= from && now < end)
				count(s, (long long)events[i].res, now, from);
			else if (events[i].res < 0)
				s->job->errors++;
			if (now < end)
				submit(ctx, s);
		}
	}
	report();
	/*
	 * Waits for what is under way, as exiting would; but exit_aio() leaves the ring mapped,
	 * which User-Mode Linux takes apart without the locks that lockdep wants to see.
	 */
	syscall(SYS_io_destroy, ctx);
	_exit(0);
}
