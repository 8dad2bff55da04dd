/* What the courier gives up once it has started. It must read the keys and certificates that its
 * configuration names, whoever runs it, and reach the network: it keeps these, and starts no
 * program. */
#ifndef BX_COURIER_CONFINE_H
#define BX_COURIER_CONFINE_H

/* For good, and as far as the kernel does it: no core files nor tracers, for there are secrets in
 * its memory; of root's capabilities those for files alone; no processes, programs, listening
 * sockets, namespaces, and nothing that changes the system. */
void bx_courier_confine(void);

#endif
