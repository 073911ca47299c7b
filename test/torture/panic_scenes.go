package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// panicKinds are what a process panics with. Each has a client in hand that has
// logged in.
var panicKinds = map[string]func(*planting, *weka.Client, error) any{
	"secret":  func(p *planting, _ *weka.Client, _ error) any { return p.token().Access },
	"token":   func(p *planting, _ *weka.Client, _ error) any { return p.token() },
	"client":  func(_ *planting, c *weka.Client, _ error) any { return c },
	"error":   func(_ *planting, _ *weka.Client, err error) any { return err },
	"wrapped": func(_ *planting, _ *weka.Client, err error) any { return fmt.Errorf("lost: %w", err) },
	"generated": func(p *planting, _ *weka.Client, _ error) any {
		return api.NewSecret(p.plant())
	},
	"body": func(p *planting, _ *weka.Client, _ error) any {
		return wekaapi.LoginBody{Password: api.NewSecret(p.plant())}
	},
}

// plantedInPanic is more than any kind plants.
const plantedInPanic = 16

// panicScenes start a process that panics, and inspect what it leaves on stderr.
func panicScenes() []scene {
	var scenes []scene
	for kind := range panicKinds {
		scenes = append(scenes, scene{"panic: " + kind, func(ctx context.Context, p *planting) error {
			command, err := roleCommand(ctx, "panic", kindVariable+"="+kind, "GOTRACEBACK=all")
			if err != nil {
				return err
			}
			for range plantedInPanic {
				p.plant()
			}
			secrets, err := json.Marshal(p.secrets)
			if err != nil {
				return err
			}
			command.Stdin = bytes.NewReader(secrets)
			said, err := command.CombinedOutput()
			p.print(string(said))
			if err == nil || !bytes.Contains(said, []byte("panic: ")) {
				return errors.New("the process did not panic")
			}
			return nil
		}})
	}
	return scenes
}

// panicWithSecrets is a process that panics with secrets which it reads.
func panicWithSecrets(in io.Reader, _ io.Writer) error {
	var p planting
	if err := json.NewDecoder(in).Decode(&p.given); err != nil {
		return err
	}
	c, err := weka.New("weka01", weka.WithPassword("admin", p.plant()),
		weka.WithTransport(&wire{planting: &p, stage: "refresh", fault: refusing}))
	if err != nil {
		return err
	}
	_, err = c.User.WhoAmI(context.Background())
	panic(panicKinds[os.Getenv(kindVariable)](&p, c, err))
}
