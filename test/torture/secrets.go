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
	for all.planted < a.secrets && all.failed == nil && ctx.Err() == nil {
		all.round(ctx, scenes)
	}
	return []row{
		atLeast("secrets planted", all.planted, a.secrets),
		exactly("secrets found", all.found, 0),
	}, errors.Join(all.failed, all.first, ctx.Err())
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
	failed         error // the first scene that could not be played
	first          error // where the first secret showed
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
	s.found += found
	if found > 0 && s.first == nil {
		s.first = fmt.Errorf("%s: a secret shows: %s", each.name, first)
	}
	if err != nil && s.failed == nil {
		s.failed = fmt.Errorf("%s: %w", each.name, err)
	}
}
