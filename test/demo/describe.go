package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

func describeStatus(status *wekaapi.ClusterStatus) string {
	return fmt.Sprintf("%q, release %s, %s, IO %s, %s of %s free", status.Name, status.Release, status.Status,
		status.IOStatus, size(status.Capacity.UnprovisionedBytes), size(status.Capacity.TotalBytes))
}

// counts says how many there are, and of which state: "7: 6 UP, 1 DOWN".
func counts[T any](all []T, state func(T) string) string {
	of := map[string]int{}
	for _, item := range all {
		of[state(item)]++
	}
	parts := make([]string, 0, len(of))
	for _, name := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%d %s", of[name], name))
	}
	return listed(len(all), parts)
}

// shown is how many names a line has room for.
const shown = 4

// names says how many there are and what the first are called.
func names[T any](all []T, name func(T) string) string {
	var parts []string
	for _, item := range all[:min(len(all), shown)] {
		parts = append(parts, name(item))
	}
	if len(all) > shown {
		parts = append(parts, "…")
	}
	return listed(len(all), parts)
}

func listed(n int, parts []string) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprintf("%d: %s", n, strings.Join(parts, ", "))
}

// size writes bytes as people read them: "1.5 TiB".
func size(bytes int64) string {
	value, units := float64(bytes), []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for value >= 1024 && len(units) > 1 {
		value, units = value/1024, units[1:]
	}
	text := strings.TrimSuffix(fmt.Sprintf("%.1f", value), ".0")
	return text + " " + units[0]
}

func describeHealth(health *ngeneaapi.Health) string {
	return fmt.Sprintf("%s, sites %s", health.OverallHealth, names(health.SiteStatus, func(s ngeneaapi.SiteHealth) string {
		return s.Site + " " + string(s.Health)
	}))
}

// tallied writes counts that are not 0: "1 FAILURE, 2 SUCCESS".
func tallied(counts map[string]int64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
		}
	}
	return strings.Join(parts, ", ")
}
