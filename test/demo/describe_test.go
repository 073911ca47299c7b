package main

import "testing"

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 1 << 60: "1 EiB", 1<<63 - 1: "8 EiB"} {
		if got := size(bytes); got != want {
			t.Errorf("%d: got %s, want %s", bytes, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	same := func(s string) string { return s }
	for want, all := range map[string][]string{
		"none":             nil,
		"1: a":             {"a"},
		"4: a, b, c, d":    {"a", "b", "c", "d"},
		"5: a, b, c, d, …": {"a", "b", "c", "d", "e"},
	} {
		if got := names(all, same); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := counts([]string{"UP", "DOWN", "UP"}, same); got != "3: 1 DOWN, 2 UP" {
		t.Errorf("got %q", got)
	}
}
