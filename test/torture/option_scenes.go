package main

import (
	"context"
	"errors"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// optionScenes are clients that New refuses, with a secret in what it was given.
func optionScenes() []scene {
	refused := func(p *planting, address string, options ...weka.Option) error {
		c, err := weka.New(address, options...)
		if err == nil {
			c.Close()
			return errors.New("weka.New took it")
		}
		p.inspect(err)
		for _, option := range options {
			p.inspect(option)
		}
		return nil
	}
	return []scene{
		{"user in the address", func(_ context.Context, p *planting) error {
			return refused(p, "https://admin:"+p.plant()+"@weka01:14000")
		}},
		{"user in a broken address", func(_ context.Context, p *planting) error {
			return refused(p, "https://admin:"+p.plant()+"@weka01:port")
		}},
		{"token in the address", func(_ context.Context, p *planting) error {
			return refused(p, "https://weka01:14000/?token="+p.plant()+"#"+p.plant())
		}},
		{"access token with a line break", func(_ context.Context, p *planting) error {
			return refused(p, "weka01", weka.WithAccessToken(p.plant()+"\n"))
		}},
		{"password beside an access token", func(_ context.Context, p *planting) error {
			return refused(p, "weka01", weka.WithAccessToken(p.plant()), weka.WithPassword("admin", p.plant()))
		}},
		{"password without a user", func(_ context.Context, p *planting) error {
			return refused(p, "weka01", weka.WithPassword("", p.plant()))
		}},
		{"private key in place of the CA", func(_ context.Context, p *planting) error {
			return inFile(p, "-----BEGIN PRIVATE KEY-----\n"+p.plant()+"\n", func(path string) error {
				return refused(p, "weka01", weka.WithPassword("admin", p.plant()), weka.WithCAFile(path))
			})
		}},
	}
}
