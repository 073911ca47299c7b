package weka_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A command line of every operation: "OPERATION [parameter=value …] [body as JSON]", and
// "help OPERATION" for what it takes.
func ExampleClient_Call() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	for _, line := range [][]string{ // os.Args[1:] in a program
		{"help", "updateFileSystemGroup"},
		{"createFileSystemGroup", `{"name":"archive"}`},
		{"deleteFileSystemGroup", "uid=none"},
		{"getFileSystemGroup", "id=none"},
	} {
		if err := execute(context.Background(), c, os.Stdout, line[0], line[1:]); err != nil {
			fmt.Println("error:", errors.Is(err, weka.ErrNotFound), errors.Is(err, weka.ErrInvalidArgument))
		}
	}
	// Output:
	// PUT /fileSystemGroups/{uid}
	//   uid=… (path)
	//   "new_name": *string
	//   "start_demote": *int64
	//   "target_ssd_retention": *int64
	// returns wekaapi.FileSystemGroup
	// {"id":"FSGroupId<25>","name":"archive","start_demote":10,"target_ssd_retention":86400,"uid":"00000025-0000-4000-8000-000000000025"}
	// error: true false
	// error: false true
}

func execute(ctx context.Context, c *weka.Client, out io.Writer, id string, arguments []string) error {
	if id == "help" && len(arguments) == 1 {
		return help(out, arguments[0])
	}
	args, body := map[string]any{}, any(nil)
	for _, argument := range arguments {
		name, value, isParameter := strings.Cut(argument, "=")
		switch {
		case json.Valid([]byte(argument)):
			body = json.RawMessage(argument)
		case isParameter:
			args[name] = value
		default:
			return fmt.Errorf("%q is neither parameter=value nor JSON", argument)
		}
	}
	var result json.RawMessage
	if err := c.Call(ctx, id, args, body, &result); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, string(result))
	return err
}

// help prints the parameters of an operation, and the members of its body with their types.
func help(out io.Writer, id string) error {
	all := weka.Operations()
	at := slices.IndexFunc(all, func(operation *weka.Operation) bool { return operation.ID() == id })
	if at < 0 {
		return fmt.Errorf("there is no operation %q", id)
	}
	var text strings.Builder
	fmt.Fprintln(&text, all[at].Method(), all[at].Path())
	for parameter := range all[at].Parameters() {
		fmt.Fprintf(&text, "  %s=… (%s)\n", parameter.Name, parameter.In)
	}
	body, result := wekaapi.TypesOf(all[at])
	if body != nil && body.Kind() == reflect.Struct {
		for field := range body.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			fmt.Fprintf(&text, "  %q: %v\n", name, field.Type)
		}
	}
	fmt.Fprintln(&text, "returns", result)
	_, err := io.WriteString(out, text.String())
	return err
}
