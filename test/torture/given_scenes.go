package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"reflect"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// givenScenes have secrets that the caller brought: tokens, files, headers, queries.
func givenScenes() []scene {
	refused := &wire{stage: "call", fault: refusing}
	return []scene{
		{"token and secret", func(_ context.Context, p *planting) error {
			t := p.token()
			p.inspect(t, &t, t.Access, &t.Access, []api.Secret{t.Refresh}, map[string]token.Token{"a": t}, weka.TokenStore(token.NewMemoryStore()))
			return nil
		}},
		{"client", inspectClient},
		{"access token refused", func(ctx context.Context, p *planting) error {
			return failing(ctx, p, refused, weka.WithAccessToken(p.plant()))
		}},
		{"token function refused", func(ctx context.Context, p *planting) error {
			return failing(ctx, p, refused, weka.WithTokenFunc(func(context.Context) (weka.Token, error) { return p.token(), nil }))
		}},
		{"token file refused", func(ctx context.Context, p *planting) error {
			return inFile(p, `{"access_token":"`+p.plant()+`","refresh_token":"`+p.plant()+`"}`, func(path string) error {
				return failing(ctx, p, refused, weka.WithTokenFile(path))
			})
		}},
		{"token file broken", func(ctx context.Context, p *planting) error {
			return inFile(p, `{"access_token":`+p.plant()+`,"refresh_token":"`+p.plant(), func(path string) error {
				return failing(ctx, p, refused, weka.WithTokenFile(path))
			})
		}},
		{"HTTP Basic refused", func(ctx context.Context, p *planting) error {
			c, err := weka.New("weka01", weka.WithPassword("admin", p.plant()), weka.WithTransport(refused))
			if err != nil {
				return err
			}
			defer c.Close()
			p.inspectError(c.Do(ctx, http.MethodGet, "/cluster?key="+p.plant(), nil, nil, weka.WithBasicAuth("ldap", p.plant())))
			return nil
		}},
		{"body of a call", func(ctx context.Context, p *planting) error {
			return failing(ctx, p, refused, weka.WithPassword("admin", p.plant()))
		}},
	}
}

// failing makes calls that the wire refuses, one of them with a secret in its body.
func failing(ctx context.Context, p *planting, w *wire, option weka.Option) error {
	c, err := weka.New("weka01", option, weka.WithTransport(&wire{planting: p, stage: w.stage, fault: w.fault}))
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.User.CreateUser(ctx, wekaapi.CreateUserBody{Username: new("reader"), Password: new(weka.NewSecret(p.plant()))})
	p.inspectError(err)
	p.inspectError(c.Do(ctx, http.MethodPost, "/users?key="+p.plant(), map[string]string{"password": p.plant()}, nil))
	return nil
}

// inspectClient prints a client that has a session.
func inspectClient(ctx context.Context, p *planting) error {
	c, err := weka.New("weka01", weka.WithPassword("admin", p.plant()), weka.WithTransport(&wire{planting: p}))
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.User.WhoAmI(ctx)
	p.inspect(c)
	p.exported(reflect.ValueOf(c).Elem().Interface())
	return err
}

// inFile does something with a file that holds a text.
func inFile(p *planting, text string, do func(path string) error) error {
	folder, err := os.MkdirTemp("", "torture-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	err = do(path)
	p.inspectError(err)
	return err
}
