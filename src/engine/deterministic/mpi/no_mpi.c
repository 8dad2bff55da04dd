/* Debian's SUNDIALS 7 is compiled for Open MPI, of which there is no static library. A context with
 * the null communicator calls none of this; what would call it fails. */

/* Objects of Open MPI, of which only the addresses are used. */
extern char ompi_mpi_comm_null, ompi_mpi_double, ompi_mpi_long;
char ompi_mpi_comm_null, ompi_mpi_double, ompi_mpi_long;

/* Arguments are not looked at; 16 is its MPI_ERR_OTHER. */
#define FAILS(name)                                                                                \
    int name(void);                                                                                \
    int name(void)                                                                                 \
    {                                                                                              \
        return 16;                                                                                 \
    }

FAILS(MPI_Abort)
FAILS(MPI_Comm_dup)
FAILS(MPI_Comm_free)
FAILS(MPI_Comm_rank)
FAILS(MPI_Comm_size)
FAILS(MPI_Op_create)
FAILS(MPI_Op_free)
FAILS(MPI_Reduce)
FAILS(MPI_Type_commit)
FAILS(MPI_Type_create_resized)
FAILS(MPI_Type_create_struct)
FAILS(MPI_Type_free)
FAILS(MPI_Type_get_extent)
