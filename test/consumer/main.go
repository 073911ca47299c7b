// Consumer holds the README's examples, compiled: a program of somebody else's that uses
// the SDK. cluster.go has the one for WEKA, hub.go the one for Ngenea Hub.
package main

import (
	"context"
	"log"
	"os"
)

func main() {
	ctx := context.Background()
	if err := provision(ctx, "weka01", os.Getenv("WEKA_PASSWORD"), "/etc/pki/weka-ca.pem"); err != nil {
		log.Fatal(err)
	}
	if err := migrate(ctx, "hub.example.com", os.Getenv("NGENEA_CLIENT_KEY"), "/etc/pki/hub-ca.pem"); err != nil {
		log.Fatal(err)
	}
}
