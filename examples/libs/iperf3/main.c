/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The application's main is that of iperf3, which the Makefile renames. */
int iperf3_main(int argc, char *argv[]);

int main(int argc, char *argv[])
{
	return iperf3_main(argc, argv);
}
