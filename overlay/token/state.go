package token

import (
	"math"
	"sync/atomic"
	"time"
)

// clockSlack is how far the clock may stand before the moment of issue before a
// token is renewed: small corrections are common, and hosts on one store differ.
const clockSlack = time.Minute

// jitterPart is the part of the early window that chance may take away, so that
// processes with equal tokens do not all knock at once.
const jitterPart = 0.25

// state is a token with its times in nanoseconds of the wall clock, so that the
// hot path compares integers. All but nextTry is never written again.
type state struct {
	token     Token
	notBefore int64 // the clock was set back if it is earlier than this
	expiry    int64 // math.MaxInt64 for unknown or never, math.MinInt64 once invalidated

	// nextTry is when the next early refresh is due: first the start of the window,
	// then the end of the pause after a failure; math.MaxInt64 while one is under way.
	nextTry atomic.Int64
}

func (s *Source) newState(t Token) *state {
	t = t.bounded(s.settings.now())
	t.Refusal = Refusal{}
	st := &state{token: t, notBefore: math.MinInt64, expiry: math.MaxInt64}
	st.nextTry.Store(math.MaxInt64)
	if !t.Issued.IsZero() {
		st.notBefore = t.Issued.Add(-clockSlack).UnixNano()
	}
	if !t.Expiry.IsZero() {
		st.expiry = t.Expiry.UnixNano()
		st.nextTry.Store(t.Expiry.Add(-s.window(t)).UnixNano())
	}
	return st
}

// window is how long before its expiry a token is renewed. It is a part of the
// lifetime because a fixed one longer than the lifetime would renew at every call.
func (s *Source) window(t Token) time.Duration {
	issued := t.Issued
	if issued.IsZero() {
		issued = s.settings.now().Round(0)
	}
	window := min(s.settings.early, max(0, t.Expiry.Sub(issued)/earlyFraction))
	return window - time.Duration(jitterPart*s.settings.random()*float64(window))
}

// fresh is the hot path: nothing to do but hand the token out.
func (st *state) fresh(now int64) bool {
	return now < st.nextTry.Load() && now < st.expiry && now >= st.notBefore
}

// usable tokens are handed out, fresh or not.
func (st *state) usable(now int64) bool { return st != nil && now < st.expiry }

// dead tokens were invalidated, not merely outlived.
func (st *state) dead() bool { return st != nil && st.expiry == math.MinInt64 }

// invalidated keeps the refresh token and the knowledge which token is dead.
func (st *state) invalidated() *state {
	dead := &state{token: st.token, notBefore: st.notBefore, expiry: math.MinInt64}
	dead.nextTry.Store(math.MaxInt64)
	return dead
}
