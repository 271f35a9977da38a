/* A guest for tests: boots through multiboot, prints to COM1, and does what its first argument says. */
#define MAGIC 0x1badb002u

__attribute__((section(".multiboot"), used, aligned(4)))
static const unsigned header[] = { MAGIC, 0, -MAGIC };

static inline void outb(unsigned short port, unsigned char value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}
static inline void outw(unsigned short port, unsigned short value)
{
	__asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}
static inline void outl(unsigned short port, unsigned value)
{
	__asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}
static inline unsigned char inb(unsigned short port)
{
	unsigned char value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void put(char c)
{
	while (!(inb(0x3f8 + 5) & 0x20))
		;
	outb(0x3f8, c);
}
static void print(const char *text)
{
	while (*text)
		put(*text++);
}
static void hex(unsigned value, int digits)
{
	while (digits-- > 0)
		put("0123456789abcdef"[digits < 8 ? (value >> (4 * digits)) & 15 : 0]);
}
static char get(void)
{
	while (!(inb(0x3f8 + 5) & 1))
		;
	return inb(0x3f8);
}

/* The last word of the command line that begins with `name`; what follows the name, or 0 */
static const char *option(const char *line, const char *name)
{
	const char *found = 0;

	for (; *line; line++) {
		const char *a = line, *b = name;

		while (*b && *a == *b)
			a++, b++;
		if (!*b)
			found = a;
	}
	return found;
}

static unsigned number(const char *digits)
{
	unsigned value = 0;

	while (*digits >= '0' && *digits <= '9')
		value = value * 10 + (*digits++ - '0');
	return value;
}

/* Prints what a core prints when it crashes, with the addresses of this function and its caller. */
__attribute__((noinline)) static void crash_here(void)
{
	unsigned here;

	__asm__ volatile("call 1f\n1: popl %0" : "=r"(here));
	print("[    0.123456] CRIT: [libkvmplat] <trace.c @   41> RIP: ");
	hex(here, 16);
	print(" CS: 0008\r\nCRIT: RAX: 0000000000000000\r\nbase is 0x1000 caller is 0x");
	hex((unsigned)__builtin_return_address(0), 8);
	print("\n");
}
__attribute__((noinline)) static void faulty_function(void)
{
	crash_here();
	__asm__ volatile("");
}

struct info { unsigned flags, lower, upper, device, line, modules, module; };

__attribute__((used)) static void start(const struct info *info)
{
	const char *line = (const char *)info->line, *value;

	print("line: ");
	print(line);
	print("\nmemory: ");
	hex(info->upper / 1024, 8);
	print("\n");
	if (info->flags & 8 && info->modules) {
		const unsigned *module = (const unsigned *)info->module;

		print("module: ");
		for (unsigned at = module[0]; at < module[1] && at < module[0] + 6; at++)
			put(*(const char *)at);
		print("\n");
	}
	if (option(line, "sse"))
		__asm__ volatile("xorps %xmm0, %xmm0");
	if (option(line, "echo"))
		for (char c; (c = get()) != 'q';)
			put(c);
	if (option(line, "flood"))
		for (;;)
			print("0123456789abcdefghijklmnopqrstuvwxyz\n");
	if ((value = option(line, "lines=")))
		for (unsigned i = number(value); i > 0; i--)
			print("0123456789abcdefghijklmnopqrstuvwxyz\n");
	if (option(line, "crash"))
		faulty_function();
	if (option(line, "reset"))
		__asm__ volatile("lidt %0; int3" ::"m"(*(const char(*)[6]) "\0\0\0\0\0\0"));
	if ((value = option(line, "exit=")))
		outl(0xf4, number(value));
	if (option(line, "off"))
		outw(0x604, 0x2000);
	for (;;)
		__asm__ volatile("hlt");
}

static char stack[16384] __attribute__((used, aligned(16)));

__asm__(".globl _start\n"
	"_start:\n"
	"	movl $stack + 16384, %esp\n"
	"	movl %cr0, %eax\n"
	"	andl $~4, %eax\n"
	"	movl %eax, %cr0\n"
	"	movl %cr4, %eax\n"
	"	orl $0x600, %eax\n"
	"	movl %eax, %cr4\n"
	"	pushl %ebx\n"
	"	call start\n");
