package token_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// BenchmarkToken is the hot path for one goroutine, BenchmarkToken64 for 64 that
// share a Source. Both must allocate nothing; a call's time, multiplied by the
// number of cores, must not grow with the goroutines.
func BenchmarkToken(b *testing.B) {
	s := benchmarkSource(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Token(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkToken64(b *testing.B) {
	s := benchmarkSource(b)
	b.ReportAllocs()
	b.SetParallelism(max(1, 64/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Token(context.Background()); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func benchmarkSource(b *testing.B) *token.Source {
	b.Helper()
	s := token.NewSource(newServer(time.Hour))
	b.Cleanup(s.Close)
	if _, err := s.Token(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}
