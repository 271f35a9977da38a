/* Prints its arguments, its environment's A, and the beginning of each file that they name; returns 3. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	char text[200];

	printf("argc=%d A=%s\n", argc, getenv("A") ? getenv("A") : "(none)");
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

		text[length < 0 ? 0 : length] = 0;
		printf("[%s] %s\n", argv[i], length < 0 ? "cannot be read" : text);
	}
	return 3;
}
