// Command readme contains the examples of the README: cluster.go for WEKA, hub.go for
// Ngenea Hub.
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
