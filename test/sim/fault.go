package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const faultUsage = "`\"OPERATION EFFECT [xTIMES] [CHANCE%]\"`, repeatable: the operation is an operationId or * for any, " +
	"the effect a status of a proxy's page (502), a delay (2s), reset, lost, half, hang or expire; " +
	"for example \"getFileSystems 502 x2\" or \"* reset 10%\""

// plannedFault is the fault of one flag.
type plannedFault struct {
	operation, effect string
	times             int     // 0 is no limit
	chance            float64 // 0 is always
}

// faultFlag collects the faults of all -fault flags.
type faultFlag []plannedFault

// String implements [flag.Value]; the flag has no default to show.
func (f *faultFlag) String() string { return "" }

// Set adds one fault.
func (f *faultFlag) Set(text string) error {
	words := strings.Fields(text)
	if len(words) < 2 {
		return fmt.Errorf("want %s", faultUsage)
	}
	planned := plannedFault{operation: words[0], effect: words[1]}
	if planned.operation == "*" {
		planned.operation = ""
	}
	for _, word := range words[2:] {
		var err error
		switch {
		case strings.HasPrefix(word, "x"):
			planned.times, err = strconv.Atoi(word[1:])
		case strings.HasSuffix(word, "%"):
			planned.chance, err = strconv.ParseFloat(strings.TrimSuffix(word, "%"), 64)
			planned.chance /= 100
		default:
			err = fmt.Errorf("%q is neither xTIMES nor CHANCE%%", word)
		}
		if err != nil {
			return err
		}
	}
	*f = append(*f, planned)
	return nil
}

// start starts the faults; on begins one of an operation. It returns an error for an unknown
// operation, number or effect.
func (f faultFlag) start(on func(operation string) *wekatest.Fault) (err error) {
	defer func() {
		if cause := recover(); cause != nil { // from On, Times or Chance
			err = fmt.Errorf("-fault: %v", cause)
		}
	}()
	for _, planned := range f {
		fault := on(planned.operation)
		if planned.times != 0 {
			fault = fault.Times(planned.times)
		}
		if planned.chance != 0 {
			fault = fault.Chance(planned.chance)
		}
		if err := startEffect(fault, planned.effect); err != nil {
			return err
		}
	}
	return nil
}

func startEffect(f *wekatest.Fault, effect string) error {
	named := map[string]func(){
		"reset": f.Reset, "lost": f.LoseResponse, "half": f.HalveBody, "hang": f.Hang, "expire": f.EndToken,
	}
	if start := named[effect]; start != nil {
		start()
		return nil
	}
	if status, err := strconv.Atoi(effect); err == nil && status >= 400 && status < 600 {
		f.ProxyPage(status)
		return nil
	}
	if d, err := time.ParseDuration(effect); err == nil && d > 0 {
		f.Delay(d)
		return nil
	}
	return fmt.Errorf("-fault: the effect %q is unknown: want %s", effect, faultUsage)
}
