/* How CLP is stopped: by the flag of an interrupt, which may be NULL. */
#ifndef BX_FLUX_INTERRUPT_HPP
#define BX_FLUX_INTERRUPT_HPP

#include <coin/ClpEventHandler.hpp>
#include <csignal>

class StopSimplex : public ClpEventHandler
{
  public:
    explicit StopSimplex(const volatile sig_atomic_t *flag) : mFlag(flag) {}

    int event(Event) override
    {
        return mFlag && *mFlag ? STOP_SOLVING : GO_ON;
    }

    ClpEventHandler *clone() const override
    {
        return new StopSimplex(*this); /* CBC wants the program in it, too */
    }

  private:
    enum { STOP_SOLVING = 5, GO_ON = -1 };
    const volatile sig_atomic_t *mFlag;
};

#endif
