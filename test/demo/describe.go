package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/test/must"
)

func describeStatus(status *wekaapi.ClusterStatus) string {
	return fmt.Sprintf("%q, release %s, %s, IO %s, %s of %s free", status.Name, status.Release, status.Status,
		status.IOStatus, size(status.Capacity.UnprovisionedBytes), size(status.Capacity.TotalBytes))
}

// counts returns the number of items and of each state: "7: 6 UP, 1 DOWN".
func counts[T any](all []T, state func(T) string) string {
	of := map[string]int64{}
	for _, item := range all {
		of[state(item)]++
	}
	return listed(len(all), tallied(of))
}

// shown is the number of names in a line.
const shown = 4

// names returns the number of items and the names of the first.
func names[T any](all []T, name func(T) string) string {
	var parts []string
	for _, item := range all[:min(len(all), shown)] {
		parts = append(parts, name(item))
	}
	if len(all) > shown {
		parts = append(parts, "…")
	}
	return listed(len(all), strings.Join(parts, ", "))
}

func listed(n int, text string) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprintf("%d: %s", n, text)
}

// size formats bytes: "1.5 TiB".
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

// tallied formats the counts that are not 0: "1 FAILURE, 2 SUCCESS".
func tallied(counts map[string]int64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
		}
	}
	return strings.Join(parts, ", ")
}

// describeError returns the status and the message of an error response of a class.
func describeError(err error, name string, class error) string {
	response := wantError(err, name, class)
	return fmt.Sprintf("%s, from a %d: %s", name, response.Status, response.Message)
}

// wantError returns the error response of a failed call, which must be of a class.
func wantError(err error, name string, class error) *call.Error {
	wantClass(err, name, class)
	response, ok := errors.AsType[*call.Error](err)
	must.Hold(ok, "want %s from the server, got: %w", name, err)
	return response
}

func wantClass(err error, name string, class error) {
	must.Hold(err != nil, "want %s, got no error", name)
	must.Hold(errors.Is(err, class), "want %s, got: %w", name, err)
}
