// The least that passes 64 bytes round by TCP: what a token's hop costs where nothing is done but that.
//
//     ring OWN NEXT PORT            passes on until somebody hangs up
//     ring OWN NEXT PORT SECONDS    begins, and prints how many rounds there were in so many seconds
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 64, WARM_UP = 1 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static struct sockaddr_in at(const char *address, const char *port)
{
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
    inet_pton(AF_INET, address, &place.sin_addr);
    return place;
}

static void hurry(int socket)
{
    int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static int pass(int from, int to, char *token)
{
    for (int held = 0; held < BYTES;) {
        int got = read(from, token + held, BYTES - held);
        if (got <= 0)
            return 0;
        held += got;
    }
    return to < 0 || write(to, token, BYTES) == BYTES;
}

int main(int count, char **words)
{
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in own = at(words[1], words[3]), next = at(words[2], words[3]);
    int yes = 1, door = socket(AF_INET, SOCK_STREAM, 0), to;
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(door, (struct sockaddr *)&own, sizeof own) != 0 || listen(door, 1) != 0) {
        perror("ring");
        return 1;
    }
    for (;;) {
        to = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(to, (struct sockaddr *)&next, sizeof next) == 0)
            break;
        close(to);
        usleep(10000);
    }
    int from = accept(door, NULL, NULL);
    hurry(to);
    hurry(from);

    char token[BYTES] = "token";
    if (count < 5) {
        while (pass(from, to, token)) {
        }
        return 0;
    }

    double seconds = atof(words[4]), begin = 0;
    long rounds = 0;
    if (write(to, token, BYTES) != BYTES)
        return 1;
    for (double start = now(); pass(from, to, token); rounds++) {
        double time = now();
        if (begin == 0 && time - start >= WARM_UP)
            begin = time, rounds = 0;
        if (begin > 0 && time - begin >= seconds) {
            printf("%.0f rounds in %.6f s\n", (double)rounds, time - begin);
            return 0;
        }
    }
    fprintf(stderr, "ring: somebody hung up\n");
    return 1;
}
