// Package prometheus shows, as an example that is tested, how a program counts for
// Prometheus what its clients do: calls, retries, refreshes and failovers. It is an
// example and no library, since the names and labels of metrics are a site's own.
package prometheus
