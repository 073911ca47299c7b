// Bare lists filesystems with net/http and encoding/json alone.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	request, err := http.NewRequest(http.MethodGet, "https://"+os.Getenv("WEKA_HOST")+":14000/api/v2/fileSystems", nil) //nolint:gosec,noctx // the user gives the address
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("WEKA_TOKEN"))
	response, err := http.DefaultClient.Do(request) //nolint:gosec // see above
	if err != nil {
		log.Fatal(err)
	}
	var list struct {
		Data []struct {
			Name        string `json:"name"`
			TotalBudget int64  `json:"total_budget"`
		} `json:"data"`
	}
	err = json.NewDecoder(response.Body).Decode(&list)
	_ = response.Body.Close()
	if err != nil {
		log.Print(err)
	}
	for _, fs := range list.Data {
		fmt.Println(fs.Name, fs.TotalBudget)
	}
}
