package connect

import (
	"fmt"
	"slices"
)

// Options keeps account of the options that a front door was given: which they were,
// and what is wrong with single ones.
type Options struct {
	given  []string
	faults []string
}

// Give notes the name of an option.
func (o *Options) Give(name string) { o.given = append(o.given, name) }

// Refuse notes what is wrong with an option, for CheckOptions to report.
func (o *Options) Refuse(format string, arguments ...any) {
	o.faults = append(o.faults, fmt.Sprintf(format, arguments...))
}

// Has tells whether one of the options was given.
func (o *Options) Has(names ...string) bool { return o.first(names, "") != "" }

// first returns the first of the options that was given, but for one; "" if none was.
func (o *Options) first(names []string, but string) string {
	for _, name := range o.given {
		if name != but && slices.Contains(names, name) {
			return name
		}
	}
	return ""
}

// Beyond returns the first option given that is not among those named, "" without one.
func (o *Options) Beyond(names ...string) string {
	for _, name := range o.given {
		if !slices.Contains(names, name) {
			return name
		}
	}
	return ""
}

// CheckOptions reports what is wrong with the options, whatever the address and the
// environment say: a fault of one, one given twice, two that contradict each other.
func (p *Product) CheckOptions(o *Options) error {
	if len(o.faults) > 0 {
		return p.Invalid("%s", o.faults[0])
	}
	for i, name := range o.given {
		if slices.Contains(o.given[:i], name) && !slices.Contains(switches, name) {
			return p.Invalid("%s is given twice: give it once", name)
		}
	}
	for _, c := range p.contradictions() {
		one := o.first(c.One, "")
		if other := o.first(c.Other, one); one != "" && other != "" {
			return p.Invalid("%s and %s contradict each other: %s", one, other, c.Advice)
		}
	}
	return nil
}
