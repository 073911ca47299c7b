package main

import (
	"context"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// simulator is what both products' simulators are: their faults are of one type.
type simulator interface {
	On(operation string) *wekatest.Fault
	CAFile() string
	Close()
	Err() error
}

// serve begins the faults of the flags, prints where a simulator is, and lets it run
// until the context ends.
func serve(ctx context.Context, l *lines, srv simulator, urls []string, faults faultFlag) error {
	defer srv.Close()
	if err := startFaults(faults, srv.On); err != nil {
		return err
	}
	l.listening(urls, srv.CAFile())
	<-ctx.Done()
	return srv.Err()
}

// choice is an option that goes without a value: it is given, or not.
type choice[Option any] struct {
	given  bool
	option Option
}

// chosen are the options of the choices that are given.
func chosen[Option any](all ...choice[Option]) []Option {
	var options []Option
	for _, each := range all {
		if each.given {
			options = append(options, each.option)
		}
	}
	return options
}
