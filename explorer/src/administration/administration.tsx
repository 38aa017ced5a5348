export default function Administration() { return <main className='page' /> }
