// Command hub migrates files to cold storage and waits for the job.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
)

func main() {
	ctx := context.Background()
	h, err := ngenea.New(os.Getenv("NGENEA_URL"), ngenea.WithClientKey(os.Getenv("NGENEA_CLIENT_KEY")), ngenea.WithCAFile("hub-ca.pem"))
	if err != nil {
		log.Fatal(err)
	}
	job, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
	if err != nil {
		log.Fatal(err)
	}
	progress := ngenea.OnProgress(func(job *ngeneaapi.Job) { fmt.Printf("job %d is %s\n", job.ID, job.State) })
	if _, err := h.WaitJob(ctx, job.ID, 30*time.Minute, progress); err != nil {
		log.Fatal(err)
	}
}
