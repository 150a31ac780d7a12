// peer_udp PORT BUFFER HEAP HPC NCH MAXPKT std|nt CORE : spead2 chunk_stream on UDP
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include <memory>
#include <atomic>
#include <future>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <boost/asio.hpp>
#include <spead2/common_thread_pool.h>
#include <spead2/recv_chunk_stream.h>
#include <spead2/recv_udp.h>
using namespace spead2; using namespace spead2::recv; typedef std::uint64_t u64; typedef std::int64_t i64; typedef std::uint8_t u8;
static u8* big(size_t n){ n=(n+(2<<20)-1)&~size_t((2<<20)-1); u8*p=(u8*)mmap(0,n+(2<<20),3,MAP_PRIVATE|MAP_ANONYMOUS,-1,0); p=(u8*)(((u64)p+(2<<20)-1)&~u64((2<<20)-1)); madvise(p,n,MADV_HUGEPAGE); memset(p,1,n); return p; }
static double cpu(){ rusage r; getrusage(RUSAGE_SELF,&r); return r.ru_utime.tv_sec+r.ru_utime.tv_usec*1e-6+r.ru_stime.tv_sec+r.ru_stime.tv_usec*1e-6; }
int main(int c,char**a){ int port=atoi(a[1]); size_t buf=atol(a[2]); i64 heap=atol(a[3]), hpc=atol(a[4]); int nch=atoi(a[5]); size_t mp=atol(a[6]); std::string cp=a[7]; int core=atoi(a[8]);
 std::vector<std::unique_ptr<chunk>> fr; std::atomic<u64> present{0}; std::atomic<u64> seen{0}; auto none=[](u8*){};
 for(int i=0;i<nch;i++){ auto k=std::make_unique<chunk>(); k->present=std::make_shared<memory_allocator>()->allocate(hpc,nullptr); k->present_size=hpc; k->data=memory_allocator::pointer(big(heap*hpc),none); fr.push_back(std::move(k)); }
 stream_config sc; sc.set_max_heaps(4); if(cp=="nt") sc.set_memcpy(MEMCPY_NONTEMPORAL);
 chunk_stream_config cc; cc.set_items({HEAP_CNT_ID,HEAP_LENGTH_ID}); cc.set_max_chunks(2);
 cc.set_place([=](chunk_place_data*d,size_t){ i64 n=d->items[0]-1; if(d->items[1]!=heap) return; d->chunk_id=n/hpc; d->heap_index=n%hpc; d->heap_offset=d->heap_index*heap; });
 cc.set_allocate([&](i64,u64*){ auto k=std::move(fr.front()); fr.erase(fr.begin()); memset(k->present.get(),0,k->present_size); return k; });
 cc.set_ready([&](std::unique_ptr<chunk>&&k,u64*){ u64 s=0; for(size_t i=0;i<k->present_size;i++) s+=k->present[i]; present+=s; fr.push_back(std::move(k)); });
 thread_pool tp(1,std::vector<int>{core}); double c0=cpu(); chunk_stream st(tp,sc,cc);
 st.emplace_reader<udp_reader>(boost::asio::ip::udp::endpoint(boost::asio::ip::make_address(getenv("DST")?getenv("DST"):"127.0.0.1"),port),mp,buf);
 (void)c; fprintf(stderr,"ready\n"); u64 last=0; int idle=0; 
 while(true){ usleep(100000); u64 p=st.get_stats()["packets"]; if(p && p==last){ if(++idle>=10) break; } else idle=0; last=p; }
 double c1=cpu(); st.stop(); auto s=st.get_stats(); printf("datagrams %lu heaps %lu cpu %.4f\n",(u64)s["packets"],present.load(),c1-c0); fflush(stdout); _exit(0); }
