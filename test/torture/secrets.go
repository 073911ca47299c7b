package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// scene is something that can go wrong with secrets at hand. It inspects whatever a
// program could print of it.
type scene struct {
	name string
	play func(context.Context, *planting) error
}

// scenesAtOnce is how many are played at a time.
const scenesAtOnce = 4

// measureSecrets plays all scenes, each with secrets of its own, until enough were
// planted, and looks for them in all that was printed.
func measureSecrets(ctx context.Context, a amounts) ([]row, error) {
	var all search
	scenes := allScenes()
	for all.planted < a.secrets && len(all.failures) == 0 && ctx.Err() == nil {
		all.round(ctx, scenes)
	}
	return []row{
		atLeast("secrets planted", all.planted, "count", a.secrets),
		exactly("secrets found", all.found, "count", 0),
	}, errors.Join(append(all.failures, ctx.Err())...)
}

func allScenes() []scene {
	var all []scene
	for _, some := range [][]scene{sessionScenes(), givenScenes(), optionScenes(), generatedScenes(), panicScenes()} {
		all = append(all, some...)
	}
	return all
}

// search is what came of the scenes.
type search struct {
	mu             sync.Mutex
	planted, found int
	failures       []error // a scene that could not be played, and the first secret found
}

func (s *search) round(ctx context.Context, scenes []scene) {
	queue := make(chan scene)
	var players sync.WaitGroup
	for range scenesAtOnce {
		players.Go(func() {
			for each := range queue {
				s.play(ctx, each)
			}
		})
	}
	for _, each := range scenes {
		queue <- each
	}
	close(queue)
	players.Wait()
}

func (s *search) play(ctx context.Context, each scene) {
	var p planting
	err := each.play(ctx, &p)
	found, first := p.search()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planted += len(p.secrets)
	if s.found == 0 && found > 0 {
		s.failures = append(s.failures, fmt.Errorf("%s: %d secrets show: %s", each.name, found, first))
	}
	s.found += found
	if err != nil {
		s.failures = append(s.failures, fmt.Errorf("%s: %w", each.name, err))
	}
}
