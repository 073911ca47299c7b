package simulator

import (
	"maps"
	"time"
)

// Grants are the tokens of one kind that a product has given out, each to an account and
// until a time. The zero Grants is ready. It has no lock.
type Grants[Account any] struct {
	held map[string]grant[Account]
}

type grant[Account any] struct {
	account Account
	expiry  time.Time
}

// Give makes a token good until its expiry. Those that have expired by now are dropped,
// so that a long run does not grow.
func (g *Grants[Account]) Give(token string, account Account, now, expiry time.Time) {
	if g.held == nil {
		g.held = map[string]grant[Account]{}
	}
	maps.DeleteFunc(g.held, func(_ string, held grant[Account]) bool { return !now.Before(held.expiry) })
	g.held[token] = grant[Account]{account, expiry}
}

// Who is the account that a token stands for; false if it is unknown, expired or ended.
func (g *Grants[Account]) Who(token string, now time.Time) (account Account, ok bool) {
	held, ok := g.held[token]
	if !ok || !now.Before(held.expiry) {
		return account, false
	}
	return held.account, true
}

// End ends one token.
func (g *Grants[Account]) End(token string) { delete(g.held, token) }

// Clear ends all tokens.
func (g *Grants[Account]) Clear() { clear(g.held) }

// Revoke ends the tokens of the accounts that of names.
func (g *Grants[Account]) Revoke(of func(Account) bool) {
	maps.DeleteFunc(g.held, func(_ string, held grant[Account]) bool { return of(held.account) })
}
